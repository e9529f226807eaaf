// Prints the names that each subpath gives to a CommonJS program.
const subpaths = ['', '/workflows', '/activities', '/contract', '/testing'];
const named = subpaths.map((path) => [`.${path}`, Object.keys(require(`temporal-memorydb-snapshots${path}`))]);
console.log(JSON.stringify(Object.fromEntries(named)));
