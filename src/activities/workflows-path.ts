import { join } from 'node:path';

/** Where our workflows are, for `Worker.create({ workflowsPath })` of a worker without the plugin. */
export const workflowsPath: string = join(__dirname, '..', 'workflows', 'index.js');
