export {
  createThreadedEnvironment,
  type ThreadedEnvironmentOptions,
} from './environments/threaded-environment.js';
