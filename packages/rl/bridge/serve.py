"""Serves environments that live in Python over dm_env_rpc, version 1.

    python serve.py --gymnasium CartPole-v1
    python serve.py --lab contributed/dmlab30/rooms_watermaze --level-cache CACHE_FOLDER

Needs grpcio-tools and numpy, and gymnasium or deepmind_lab. Prints `listening on PORT` once it serves. Every world that is created is an
environment of its own; a setting `seed` of a reset (or of a world's reset) is the seed of the next episode. An episode that ends by itself
is TERMINATED with discount 0; one that is cut off is TERMINATED with discount 1.

Source of the protocol: https://github.com/google-deepmind/dm_env_rpc, docs/v1.
"""

import argparse
import itertools
import sys
import threading
from concurrent import futures

import grpc

import worlds
from tensors import pack, unpack

pb, services = grpc.protos_and_services("dm_env_rpc.proto")


class Refusal(Exception):
    """An answer that says what is wrong with a request, with a code of gRPC."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code.value[0]


class Bridge(services.EnvironmentServicer):
    """Worlds by name, and a session for every connection."""

    def __init__(self, make_world):
        self._make_world = make_world
        self._worlds = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def Process(self, requests, context):
        session = Session(self)
        try:
            for request in requests:
                yield session.answer(request)
        finally:
            session.end()

    def create(self, settings):
        world = self._make_world(settings)
        with self._lock:
            name = f"world {next(self._numbers)}"
            self._worlds[name] = world
        return name

    def discard(self, name):
        """Destroys a world whose connection is gone, unless another one has joined it."""
        with self._lock:
            world = self._worlds.get(name)
            if world is None or world.joined:
                return
            del self._worlds[name]
        world.close()

    def world(self, name):
        with self._lock:
            if name not in self._worlds:
                raise Refusal(grpc.StatusCode.NOT_FOUND, f"there is no world {name!r}")
            return self._worlds[name]

    def destroy(self, name):
        world = self.world(name)
        if world.joined:
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, f"world {name!r} has not been left")
        with self._lock:
            del self._worlds[name]
        world.close()


class Session:
    """One connection: joined to a world or to none."""

    def __init__(self, bridge):
        self._bridge = bridge
        self._world = None
        self._created = []
        self._running = False
        self._interrupted = False
        self._seed = None

    def answer(self, request):
        kind = request.WhichOneof("payload")
        response = pb.EnvironmentResponse()
        try:
            if kind is None:
                raise Refusal(grpc.StatusCode.UNIMPLEMENTED, "a request that this bridge does not speak")
            getattr(response, kind).CopyFrom(getattr(self, kind)(getattr(request, kind)))
        except Refusal as refusal:
            response.error.CopyFrom(pb.Status(code=refusal.code, message=str(refusal)))
        except Exception as error:  # whatever an environment throws is told to who called it
            message = f"{type(error).__name__}: {error}"
            response.error.CopyFrom(pb.Status(code=grpc.StatusCode.INTERNAL.value[0], message=message))
        return response

    def create_world(self, request):
        settings = {name: unpack(tensor) for name, tensor in request.settings.items()}
        self._created.append(self._bridge.create(settings))
        return pb.CreateWorldResponse(world_name=self._created[-1])

    def join_world(self, request):
        if self._world is not None:
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, "this connection has joined a world already")
        world = self._bridge.world(request.world_name)
        if world.joined:
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, f"{request.world_name!r} takes one agent, and has one")
        world.joined = True
        self._world = world
        self._running = False
        return pb.JoinWorldResponse(specs=self._specs())

    def reset(self, request):
        self._begin(self._joined(), request.settings)
        return pb.ResetResponse(specs=self._specs())

    def reset_world(self, request):
        world = self._bridge.world(request.world_name)
        if world is not self._joined():
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, "only who has joined a world may reset it")
        self._begin(world, request.settings)
        self._interrupted = True
        return pb.ResetWorldResponse()

    def _begin(self, world, settings):
        values = {name: unpack(tensor) for name, tensor in settings.items()}
        unknown = set(values) - {"seed"}
        if unknown:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"settings {sorted(unknown)}; a reset takes seed only")
        self._seed = int(values["seed"]) if "seed" in values else None
        self._running = False

    def step(self, request):
        world = self._joined()
        unknown = set(request.requested_observations) - set(world.observation_specs)
        if unknown:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"there are no observations {sorted(unknown)}")
        if self._interrupted:
            self._interrupted = False
            return self._seen(world, pb.INTERRUPTED, request)
        if not self._running:
            world.reset(self._seed)
            self._seed = None
            self._running = True
            return self._seen(world, pb.RUNNING, request)
        world.step(self._actions(world, request))
        self._running = not world.ended
        return self._seen(world, pb.RUNNING if self._running else pb.TERMINATED, request)

    def _actions(self, world, request):
        actions = {}
        for uid, tensor in request.actions.items():
            if uid not in world.action_specs:
                raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"there is no action {uid}")
            try:
                actions[uid] = world.action_specs[uid].checked(unpack(tensor))
            except ValueError as error:
                raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, str(error)) from error
        return actions

    def _seen(self, world, state, request):
        response = pb.StepResponse(state=state)
        for uid in request.requested_observations:
            pack(world.observation(uid), response.observations[uid])
        return response

    def leave_world(self, request):
        self.leave()
        return pb.LeaveWorldResponse()

    def destroy_world(self, request):
        self._bridge.destroy(request.world_name)
        return pb.DestroyWorldResponse()

    def leave(self):
        if self._world is not None:
            self._world.joined = False
        self._world = None

    def end(self):
        """The connection is gone: so are the worlds that it made."""
        self.leave()
        for name in self._created:
            self._bridge.discard(name)

    def _joined(self):
        if self._world is None:
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, "this connection has joined no world")
        return self._world

    def _specs(self):
        specs = pb.ActionObservationSpecs()
        for uid, spec in self._joined().action_specs.items():
            spec.fill(specs.actions[uid])
        for uid, spec in self._joined().observation_specs.items():
            spec.fill(specs.observations[uid])
        return specs


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--gymnasium", metavar="ID", help="any Gymnasium environment with discrete actions")
    kind.add_argument("--lab", metavar="LEVEL", help="a level of DeepMind Lab, such as contributed/dmlab30/rooms_watermaze")
    parser.add_argument("--level-cache", metavar="FOLDER", help="keeps the levels that DeepMind Lab builds")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--connections", type=int, default=320, help="served at once; further ones wait")
    options = parser.parse_args()
    # A request holds one step's actions; an answer may hold a large picture.
    options_of_channel = [("grpc.max_receive_message_length", 2**24), ("grpc.max_send_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(options.connections), options=options_of_channel)
    services.add_EnvironmentServicer_to_server(Bridge(worlds.maker(options)), server)
    port = server.add_insecure_port(f"localhost:{options.port}")
    server.start()
    print(f"listening on {port}", flush=True)
    sys.stdin.read()  # ends with the process that started it
    server.stop(None)


if __name__ == "__main__":
    main()
