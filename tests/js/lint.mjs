// Lints files by ESLint's and typescript-eslint's recommended rules and four more.
// Input on stdin: a list of {path, text}; output: for each a list of [rule, message, line].
import { json } from 'node:stream/consumers';
import js from '@eslint/js';
import { Linter } from 'eslint';
import globals from 'globals';
import typescript from 'typescript-eslint';

const ours = {
  'no-unused-vars': 'error',
  'no-shadow': ['error', { builtinGlobals: false, hoist: 'all' }],
  'no-undef': 'error',
  'no-use-before-define': ['error', { functions: false }],
  'prefer-const': 'error',
};
const typed = {
  'no-shadow': 'off',
  'no-unused-vars': 'off',
  'no-use-before-define': 'off',
  '@typescript-eslint/no-shadow': ours['no-shadow'],
  '@typescript-eslint/no-use-before-define': ours['no-use-before-define'],
};
const environment = { ...globals.browser, ...globals.node };
const scripts = ['**/*.js', '**/*.jsx', '**/*.mjs', '**/*.cjs'];
const types = ['**/*.ts', '**/*.tsx', '**/*.mts', '**/*.cts'];
const config = [
  { files: [...scripts, ...types], ...js.configs.recommended },
  {
    files: [...scripts, ...types],
    languageOptions: {
      ecmaVersion: 'latest',
      globals: environment,
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: ours,
  },
  ...typescript.configs.recommended.map((part) => ({ ...part, files: part.files ?? types })),
  { files: types, rules: typed },
];

const linter = new Linter();
const results = (await json(process.stdin)).map(({ path, text }) => {
  const lines = text.split(/\r?\n/);
  return linter
    .verify(text, config, path)
    .map((found) => [found.ruleId ?? 'fatal', found.message, (lines[found.line - 1] ?? '').trim()]);
});
process.stdout.write(JSON.stringify(results));
