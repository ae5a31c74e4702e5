/**
 * Who may import whom, for `npm run boundaries` and the diagram in docs/architecture.md. Types count like values.
 *
 * A package's list names the packages of ours that it may import. Domains are in no list but that of the benchmarks.
 */
const shared = ['base', 'compile', 'records', 'core', 'probes', 'runs'];
const domains = ['audio', 'text', 'vision', 'rl'];

/** In the order of the architecture: a package imports only those before it. */
export const allowedImports = {
  base: [],
  compile: ['base'],
  records: ['base'],
  core: ['base', 'compile', 'records'],
  probes: ['base', 'compile', 'records', 'core'],
  runs: ['base', 'compile', 'records', 'core', 'probes'],
  environments: ['base'],
  audio: shared,
  text: shared,
  vision: shared,
  rl: [...shared, 'environments'],
  report: ['base', 'records'],
  cli: ['base', 'records', 'core', 'runs', 'report'],
  testing: shared,
};

/** They run in Node and nowhere else. */
const nodeOnly = ['runs', 'cli', 'testing'];

const tests = '(\\.test(-d)?\\.ts$|/test-support/)';
const oneOf = (names) => `(${names.join('|')})`;
const browserSafe = `^packages/(?!${oneOf(nodeOnly)}/)[^/]+/src/(?!node/)`;

const directions = Object.entries(allowedImports).map(([name, allowed]) => ({
  name: `${name}-imports`,
  comment: `${name} may import ${allowed.join(', ') || 'none of our packages'}`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: [tests] },
  to: { path: '^(packages|benchmarks)/', pathNot: [`^packages/${oneOf([name, ...allowed])}/`, ...caseTypes(name)] },
}));

/** What a benchmark case is, in the private package `testing`: types only. */
function caseTypes(name) {
  return name === 'testing' ? [] : ['^packages/testing/src/index\\.ts$'];
}

const testDirections = Object.entries(allowedImports).map(([name, allowed]) => {
  const reach = name === 'cli' ? [...allowed, ...domains, 'compile'] : allowed; // the command finds domains at run time
  return {
    name: `tests-of-${name}-import`,
    comment: `tests of ${name} may import ${[...reach, 'testing'].join(', ')}`,
    severity: 'error',
    from: { path: `^packages/${name}/.*${tests}` },
    to: { path: '^(packages|benchmarks)/', pathNot: `^packages/${oneOf([name, ...reach, 'testing'])}/` },
  };
});

export default {
  forbidden: [
    { name: 'no-cycles', comment: 'no cycle between files', severity: 'error', from: {}, to: { circular: true } },
    ...directions,
    ...testDirections,
    {
      name: 'test-helpers-are-for-tests',
      comment: 'only tests import @cpc/testing; benchmark cases take types of it',
      severity: 'error',
      from: { path: '^packages/(?!testing/)[^/]+/src/', pathNot: tests },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'test-support-is-for-tests',
      comment: 'test support is for tests',
      severity: 'error',
      from: { path: '^(packages/[^/]+/(src|benchmarks)|benchmarks)/', pathNot: tests },
      to: { path: '/test-support/' },
    },
    {
      name: 'by-name',
      comment: 'another package is imported by its name',
      severity: 'error',
      from: { path: '^(packages/[^/]+|benchmarks)/' },
      to: { path: '^(packages/[^/]+|benchmarks)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'built-ins-under-node',
      comment: 'Node built-ins stand under src/node only',
      severity: 'error',
      from: { path: browserSafe, pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'node-entries-under-node',
      comment: 'only src/node imports src/node, a ./node entry or a package for Node alone',
      severity: 'error',
      from: { path: browserSafe, pathNot: tests },
      to: { path: `^packages/([^/]+/src/node|${oneOf(nodeOnly)})/`, pathNot: '^packages/testing/' },
    },
    {
      name: 'resolvable',
      comment: 'an import leads somewhere',
      severity: 'error',
      from: { path: '^(packages/[^/]+/(src|benchmarks)|benchmarks)/' },
      to: { couldNotResolve: true, pathNot: '^@cpc/|\\.py$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|fixtures)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@cpc/source', 'import', 'node', 'default', 'types'],
    },
  },
};
