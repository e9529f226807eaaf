import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, linkPackages, PACKAGE } from './temp-folder';

/**
 * Packs the checkout and puts it into the folder, with what it asks for and nothing else beside it.
 *
 * @param more packages that the program in the folder asks for itself
 * @returns the files of the package
 */
export function installPacked(folder: string, more: readonly string[] = []): string[] {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = spawnSync(npm, args, { cwd: CHECKOUT, encoding: 'utf8' });
  const [tarball] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const installed = join(folder, 'node_modules', PACKAGE);
  mkdirSync(installed, { recursive: true });
  spawnSync('tar', ['-xzf', join(folder, tarball.filename), '--strip-components=1', '-C', installed]);
  const { dependencies, peerDependencies } = readPackedManifest(folder);
  linkPackages(folder, [...Object.keys(dependencies), ...Object.keys(peerDependencies), '@types/node', ...more]);
  return tarball.files.map(({ path }) => path).sort();
}

/** What the package asks for. */
export function readPackedManifest(
  folder: string
): Record<'dependencies' | 'peerDependencies', Record<string, string>> {
  const path = join(folder, 'node_modules', PACKAGE, 'package.json');
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof readPackedManifest>;
}
