import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CHECKOUT = join(__dirname, '..', '..');

/** The README as it stands. */
export function readReadme(): string {
  return readFileSync(join(CHECKOUT, 'README.md'), 'utf8');
}

/** The README's examples by file name. */
export function readmeExamples(): ReadonlyMap<string, string> {
  const found = readReadme().matchAll(/<!-- example: (\S+) -->\s+```ts\n([\s\S]*?)```/g);
  return new Map([...found].map(([, name = '', code = '']) => [name, code]));
}

/** What the README says of the path of a workflows module in an ES module: the import, and the expression. */
export function readmeEsModule(): { readonly imports: string; readonly path: string } {
  const [, imports = '', path = ''] =
    /<!-- ES module -->\s+```ts\n(import .*;)\n\nconst workflowsPath = (.*);\n```/.exec(readReadme()) ?? [];
  return { imports, path };
}

/**
 * Writes the examples where they can import the package by its own name, and says where. Each caller has a folder of
 * its own, because tests run side by side.
 */
export function writeExamples(caller: string): { readonly folder: string; readonly remove: () => void } {
  const folder = join(CHECKOUT, 'test', 'support', 'readme', caller);
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of readmeExamples()) writeFileSync(join(folder, name), code);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The rows of the README's table whose first column has this heading; cells without their backticks. */
export function readmeTable(firstHeading: string): readonly (readonly string[])[] {
  const lines = readReadme().split('\n');
  const start = lines.findIndex((line) => line.startsWith('|') && cells(line)[0] === firstHeading);
  if (start < 0) throw new Error(`the README has no table that begins with ${firstHeading}`);
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|'))
    )
    .map(cells);
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}
