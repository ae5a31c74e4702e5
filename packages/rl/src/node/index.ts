export type { RpcAction } from '../environments/dm-env-rpc/world-layout.js';
export { domainCommands } from './commands.js';
export {
  type ConnectOptions,
  connectRpc,
  type ResponseTo,
  type RpcConnection,
} from './environments/dm-env-rpc/connection.js';
export {
  type BridgedEnvironment,
  labActionNames,
  type PythonBridge,
  type PythonBridgeOptions,
  startPythonBridge,
} from './environments/dm-env-rpc/python-bridge.js';
export {
  createRpcEnvironment,
  type RpcEnvironmentOptions,
  type SettingValue,
} from './environments/dm-env-rpc/rpc-environment.js';
export { encodeGif, type GifOptions } from './environments/gif.js';
export {
  createThreadedEnvironment,
  type ThreadedEnvironmentOptions,
} from './environments/threaded-environment.js';
export { type AgentModelFile, loadAgentModel, type TrainedIn } from './model-file.js';
export { type OpenEnvironmentOptions, openEnvironment } from './open-environment.js';
