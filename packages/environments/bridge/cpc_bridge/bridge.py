"""Worlds by name, and a session for every connection. Knows no environment: what makes a world is handed in."""

import itertools
import sys
import threading

import grpc

from .idle import IdleWatch
from .tensors import pack, unpack

pb, services = grpc.protos_and_services("dm_env_rpc.proto")

MOST_WORLDS = 64  # of one connection


class Refusal(Exception):
    """An answer that says what is wrong with a request, with a code of gRPC."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code.value[0]


class Bridge(services.EnvironmentServicer):
    """Answers requests. Which world is joined changes under a lock, since every connection has a thread of its own."""

    def __init__(self, make_world, idle_seconds):
        self._make_world = make_world
        self._worlds = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._watch = IdleWatch(idle_seconds)

    def Process(self, requests, context):
        session = Session(self)
        try:
            with self._watch.watching(context) as idle:
                for request in requests:
                    with idle.busy():
                        response = session.answer(request)
                    yield response
        finally:
            session.end()

    def create(self, settings):
        world = self._make_world(settings)
        with self._lock:
            name = f"world {next(self._numbers)}"
            self._worlds[name] = world
        return name

    def join(self, name):
        with self._lock:
            world = self._named(name)
            if world.joined:
                raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, f"{name!r} takes one agent, and has one")
            world.joined = True
        return world

    def leave(self, world):
        with self._lock:
            world.joined = False

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
            return self._named(name)

    def destroy(self, name):
        with self._lock:
            world = self._named(name)
            if world.joined:
                raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, f"world {name!r} has not been left")
            del self._worlds[name]
        world.close()

    def _named(self, name):
        if name not in self._worlds:
            raise Refusal(grpc.StatusCode.NOT_FOUND, f"there is no world {name!r}")
        return self._worlds[name]


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
        if len(self._created) == MOST_WORLDS:
            raise Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, f"this connection has {MOST_WORLDS} worlds; destroy one first")
        settings = {name: unpack(tensor) for name, tensor in request.settings.items()}
        self._created.append(self._bridge.create(settings))
        return pb.CreateWorldResponse(world_name=self._created[-1])

    def join_world(self, request):
        if self._world is not None:
            raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, "this connection has joined a world already")
        self._world = self._bridge.join(request.world_name)
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
        if request.world_name in self._created:
            self._created.remove(request.world_name)
        return pb.DestroyWorldResponse()

    def leave(self):
        if self._world is not None:
            self._bridge.leave(self._world)
        self._world = None

    def end(self):
        """The connection is gone: so are the worlds that it made."""
        self.leave()
        for name in self._created:
            try:
                self._bridge.discard(name)
            except Exception as error:  # one that cannot be closed must not keep the others
                print(f"{name} cannot be closed: {type(error).__name__}: {error}", file=sys.stderr)

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
