// Prints the names that each subpath gives to a CommonJS program.
const { exports: subpaths } = require('temporal-memorydb-snapshots/package.json');
const modules = Object.keys(subpaths).filter((path) => !path.endsWith('.json'));
const named = modules.map((path) => [path, Object.keys(require(`temporal-memorydb-snapshots${path.slice(1)}`))]);
console.log(JSON.stringify(Object.fromEntries(named)));
