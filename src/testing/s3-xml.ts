/** What an element holds: text, elements by name, or several elements of one name. */
export type XmlValue = string | number | boolean | undefined | XmlElements | readonly XmlElements[];

/** Elements by name; those of `undefined` are left out. */
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

/** Writes a document as S3 does; `namespace` is that of S3 unless the root is an error. */
export function writeXml(root: string, value: XmlElements | string): string {
  const namespace = root === 'Error' ? '' : ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  const content = typeof value === 'string' ? escape(value) : writeElements(value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace}>${content}</${root}>`;
}

function writeElements(elements: XmlElements): string {
  return Object.entries(elements)
    .map(([name, value]) => writeElement(name, value))
    .join('');
}

function writeElement(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => writeElement(name, item)).join('');
  return `<${name}>${typeof value === 'object' ? writeElements(value) : escape(String(value))}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlElements[] {
  return Array.isArray(value);
}

/** Control characters that XML cannot hold are written as references all the same, as S3 does. */
function escape(text: string): string {
  return text.replace(/[&<>"\r\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, (sign) => {
    const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
    return named[sign] ?? `&#x${sign.charCodeAt(0).toString(16)};`;
  });
}
