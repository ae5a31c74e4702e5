export { type ConnectOptions, connectRpc, type ResponseTo, type RpcConnection } from './dm-env-rpc/connection.js';
export {
  type BridgedEnvironment,
  labActionNames,
  type PythonBridge,
  type PythonBridgeOptions,
  startPythonBridge,
} from './dm-env-rpc/python-bridge.js';
export { createRpcEnvironment, type RpcEnvironmentOptions, type SettingValue } from './dm-env-rpc/rpc-environment.js';
export { encodeGif, type GifOptions } from './gif.js';
export { type OpenEnvironmentOptions, openEnvironment, otherEnvironments, requireBuiltIn } from './open-environment.js';
export { createThreadedEnvironment, type ThreadedEnvironmentOptions } from './threaded-environment.js';
