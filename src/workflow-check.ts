import { readFile } from 'node:fs/promises';
import { DefaultLogger, Runtime, type BundleOptions, type Logger, type WorkflowBundleOption } from '@temporalio/worker';

/** The workflow that a worker must know for a job to run on it. */
const WORKFLOW = 'copyMemoryDBSnapshot';

/** A forgotten re-export hangs every job in silence: this is the line to add. */
const REEXPORT_LINE = `export { ${WORKFLOW} } from 'temporal-memorydb-snapshots/workflows';`;

const ADVICE = `This worker's workflows do not include ${WORKFLOW}, so its jobs cannot run here. Add to your workflows module: ${REEXPORT_LINE}`;

type WebpackHook = NonNullable<BundleOptions['webpackConfigHook']>;
type WebpackPlugin = NonNullable<ReturnType<WebpackHook>['plugins']>[number];
type Compiler = Parameters<Extract<WebpackPlugin, (...args: never[]) => unknown>>[0];

/** Logs the line to add when what is bundled from `workflowsPath` does not export our workflow. */
export function watchBundling(options: BundleOptions): BundleOptions {
  // As the bundler itself does it: to ask for the Runtime would make one, and a program could not install its own.
  const { webpackConfigHook: theirs, logger = new DefaultLogger(), workflowsPath } = options;
  return {
    ...options,
    webpackConfigHook(config) {
      const configured = theirs ? theirs(config) : config;
      const check: WebpackPlugin = {
        apply: (compiler: Compiler) =>
          compiler.hooks.done.tap('temporal-memorydb-snapshots', ({ compilation }) => {
            if (!compilation.errors.length && !exportsOurs(compilation, workflowsPath)) warn(logger);
          }),
      };
      return { ...configured, plugins: [...(configured.plugins ?? []), check] };
    },
  };
}

/** Logs the line to add when a prebuilt bundle does not hold our workflow. */
export async function checkBundle(bundle: WorkflowBundleOption): Promise<void> {
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  if (!code.includes(WORKFLOW)) warn(Runtime.instance().logger);
}

type Compilation = Parameters<Parameters<Compiler['hooks']['done']['tap']>[1]>[0]['compilation'];

/** Webpack knows the exports of most modules; where it cannot know them, ours being in the bundle at all must do. */
function exportsOurs({ modules, moduleGraph }: Compilation, workflowsPath: string): boolean {
  const all = [...modules];
  const imports = all.flatMap((module) => [...moduleGraph.getOutgoingConnections(module)]);
  // The SDK's entry point asks for it by this very path, whichever file that leads to.
  const entry = imports.find(({ dependency }) => isRequestFor(workflowsPath, dependency))?.module;
  const names = entry && moduleGraph.getProvidedExports(entry);
  return Array.isArray(names)
    ? names.includes(WORKFLOW)
    : all.some((module) => moduleGraph.getProvidedExports(module)?.toString().split(',').includes(WORKFLOW));
}

function isRequestFor(path: string, dependency: object | null): boolean {
  return dependency !== null && 'request' in dependency && dependency.request === path;
}

function warn(logger: Logger): void {
  logger.warn(ADVICE);
}
