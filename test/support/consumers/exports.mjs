// Prints the names that each subpath gives to a program of ES modules, the default export aside.
const subpaths = ['', '/workflows', '/activities', '/contract', '/testing'];
const modules = await Promise.all(subpaths.map((path) => import(`temporal-memorydb-snapshots${path}`)));
const own = (/** @type {string} */ name) => !['default', 'module.exports', '__esModule'].includes(name);
const named = modules.map((module, i) => [`.${subpaths[i]}`, Object.keys(module).filter(own)]);
console.log(JSON.stringify(Object.fromEntries(named)));
