// Formats files by Prettier.
// Input on stdin: a list of {path, text, options}; output: a list of texts, or of {error}.
import { json } from 'node:stream/consumers';
import * as prettier from 'prettier';

const results = [];
for (const { path, text, options } of (await json(process.stdin))) {
  try {
    results.push(await prettier.format(text, { ...options, filepath: path }));
  } catch (error) {
    results.push({ error: String(error.message) });
  }
}
process.stdout.write(JSON.stringify(results));
