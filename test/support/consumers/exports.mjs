// Prints the names that each subpath gives to a program of ES modules, the default export aside.
import { createRequire } from 'node:module';

const { exports: subpaths } = createRequire(import.meta.url)('temporal-memorydb-snapshots/package.json');
const paths = Object.keys(subpaths).filter((path) => !path.endsWith('.json'));
const modules = await Promise.all(paths.map((path) => import(`temporal-memorydb-snapshots${path.slice(1)}`)));
const own = (/** @type {string} */ name) => !['default', 'module.exports', '__esModule'].includes(name);
const named = modules.map((module, i) => [paths[i], Object.keys(module).filter(own)]);
console.log(JSON.stringify(Object.fromEntries(named)));
