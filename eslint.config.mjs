import tseslint from 'typescript-eslint';
import arrows from './eslint.arrows.mjs';

export default tseslint.config(
  { ignores: ['lib/', 'node_modules/'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', '*.config.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers and booleans read well in a template.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // `null` and `undefined` both mean absent on the wire.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['src/**/*.ts'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'error' } },
  { files: ['scripts/**/*.mjs', '*.mjs'], extends: [tseslint.configs.recommended] },
  ...arrows
);
