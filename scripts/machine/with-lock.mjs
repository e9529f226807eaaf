import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Interrupted } from './errors.mjs';

/** @import { Machine } from './machine.mjs' */

/** The owner touches its lock this often ... */
const TOUCH_MS = 5_000;
/** ... so one that was not touched for this long has no owner, whatever its process id says on another host. */
const STALE_MS = 60_000;
const LOOK_MS = 100;

/**
 * Does `work` while no other process does work under the same lock: a folder, because making one is atomic everywhere.
 *
 * @template T
 * @param {Pick<Machine, 'say' | 'interruption'>} machine
 * @param {string} lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(machine, lock, work) {
  await acquireLock(machine, lock);
  const touching = setInterval(() => touch(lock), TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * @param {Pick<Machine, 'say' | 'interruption'>} machine
 * @param {string} lock
 */
async function acquireLock(machine, lock) {
  let waiting = false;
  while (!takeLock(lock)) {
    const owner = readOwner(lock);
    if (isStale(lock, owner)) {
      breakLock(lock, owner);
      continue;
    }
    if (!waiting) machine.say(`another set-up is at work here (${owner || 'just started'}): waiting for it`);
    waiting = true;
    await delay(LOOK_MS);
    if (machine.interruption.aborted) throw new Interrupted();
  }
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function takeLock(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'owner'), `process ${process.pid} on ${hostname()}`);
  return true;
}

/**
 * @param {string} lock
 * @param {string} owner
 * @returns {boolean}
 */
function isStale(lock, owner) {
  const touched = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (touched === undefined) return false;
  if (Date.now() - touched > STALE_MS) return true;
  const [, pid, host] = /^process (\d+) on (.*)$/.exec(owner) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}

/**
 * Moves a stale lock out of the way. Two who judged the same lock may come here one after the other: the second
 * must not break the first one's new lock, so it looks at what it moved, and moves it back.
 *
 * @param {string} lock
 * @param {string} judged the owner that was found to be gone
 */
function breakLock(lock, judged) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    if (readOwner(aside) === judged) rmSync(aside, { recursive: true, force: true });
    else renameSync(aside, lock);
  } catch {
    // Somebody else was quicker.
  }
}

/**
 * @param {string} lock
 * @returns {string} '' between the making of the folder and the writing of its owner
 */
function readOwner(lock) {
  try {
    return readFileSync(join(lock, 'owner'), 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} lock */
function touch(lock) {
  const now = new Date();
  try {
    utimesSync(lock, now, now);
  } catch {
    // Broken by somebody who took us for dead: nothing left to touch.
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
