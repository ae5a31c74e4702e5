"""Worlds that the bridge serves: an environment with named, numbered tensors for its actions and observations.

Every world has the observations `observation`, `reward` and `discount`, and one action: a whole number from 0 on.
"""

import os
import shutil

import numpy as np

from .tensors import FIELDS, fill_values, type_number

ACTION, OBSERVATION, REWARD, DISCOUNT = 1, 1, 2, 3


class Spec:
    """Name, type, shape and range of a tensor."""

    def __init__(self, name, dtype, shape, least=None, most=None):
        self.name, self.dtype, self.shape = name, np.dtype(dtype), tuple(shape)
        self.least, self.most = least, most

    def fill(self, message):
        number = type_number(self.dtype)
        message.name = self.name
        message.shape.extend(self.shape)
        message.dtype = number
        for bound, value in (("min", self.least), ("max", self.most)):
            if value is not None:
                field = FIELDS[number - 1]
                fill_values(getattr(getattr(message, bound), field), field, np.array([value], self.dtype))

    def checked(self, array):
        """The array, or ValueError if it is none of this specification."""
        if array.dtype != self.dtype or array.shape != self.shape:
            raise ValueError(f"{self.name} takes {self.dtype}{list(self.shape)}, not {array.dtype}{list(array.shape)}")
        if (self.least is not None and (array < self.least).any()) or (self.most is not None and (array > self.most).any()):
            raise ValueError(f"{self.name} takes {self.least} to {self.most}, not {array}")
        return array


class World:
    """What both kinds of worlds share. `reward`, `discount`, `ended` and `seen` are those of the last step."""

    def __init__(self, actions, observation):
        self.action_specs = {ACTION: Spec("action", np.int32, [], 0, actions - 1)}
        self.observation_specs = {
            OBSERVATION: observation,
            REWARD: Spec("reward", np.float64, []),
            DISCOUNT: Spec("discount", np.float32, [], 0, 1),
        }
        self.joined = False
        self.seen = np.zeros(observation.shape, observation.dtype)
        self.reward, self.discount, self.ended = 0.0, 1.0, False

    def observation(self, uid):
        if uid == REWARD:
            return np.float64(self.reward)
        if uid == DISCOUNT:
            return np.float32(self.discount)
        return self.seen

    def _look(self, seen):
        self.seen = np.asarray(seen, self.observation_specs[OBSERVATION].dtype)

    def close(self):
        pass


class GymnasiumWorld(World):
    """A Gymnasium environment with discrete actions and numbers as observations; one of so many states is one-hot.

    An action that is left out is the first.
    """

    def __init__(self, name, settings):
        import gymnasium

        if settings:
            raise ValueError(f"settings {sorted(settings)}; worlds of Gymnasium take none")
        self._one_hot = None
        self._environment = gymnasium.make(name)
        actions, space = self._environment.action_space, self._environment.observation_space
        if not isinstance(actions, gymnasium.spaces.Discrete):
            raise ValueError(f"{name} has actions {actions}; this bridge serves Discrete ones")
        if isinstance(space, gymnasium.spaces.Discrete):
            observation = Spec("observation", np.float32, [int(space.n)], 0, 1)
            self._one_hot = (int(space.start), int(space.n))
        elif isinstance(space, gymnasium.spaces.Box):
            dtype = space.dtype if space.dtype in (np.uint8, np.float32) else np.float32
            observation = Spec("observation", dtype, space.shape)
        else:
            raise ValueError(f"{name} has observations {space}; this bridge serves Box and Discrete ones")
        self._first = int(actions.start)
        super().__init__(int(actions.n), observation)

    def _look(self, seen):
        if self._one_hot is None:
            return super()._look(seen)
        start, count = self._one_hot
        super()._look(np.eye(1, count, int(seen) - start)[0])

    def reset(self, seed):
        seen, _ = self._environment.reset(seed=seed)
        self._look(seen)
        self.reward, self.discount, self.ended = 0.0, 1.0, False

    def step(self, actions):
        action = self._first + int(actions.get(ACTION, 0))
        seen, reward, terminated, truncated, _ = self._environment.step(action)
        self._look(seen)
        self.reward, self.discount = float(reward), 0.0 if terminated else 1.0
        self.ended = bool(terminated or truncated)

    def close(self):
        self._environment.close()


# IMPALA's nine: look left or right, look up or down, strafe, move, fire, jump, crouch.
LAB_ACTIONS = [
    (0, 0, 0, 1, 0, 0, 0),  # forward
    (0, 0, 0, -1, 0, 0, 0),  # backward
    (0, 0, -1, 0, 0, 0, 0),  # strafe left
    (0, 0, 1, 0, 0, 0, 0),  # strafe right
    (-20, 0, 0, 0, 0, 0, 0),  # look left 20
    (20, 0, 0, 0, 0, 0, 0),  # look right 20
    (-20, 0, 0, 1, 0, 0, 0),  # forward and look left 20
    (20, 0, 0, 1, 0, 0, 0),  # forward and look right 20
    (0, 0, 0, 0, 1, 0, 0),  # fire
]
LAB_FRAME = (72, 96, 3)
LAB_REPEAT = 4
LAB_VIEW = "RGB_INTERLEAVED"


class LevelCache:
    """Levels that DeepMind Lab has built, kept in a folder: building one takes a minute."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self._folder = folder

    def _path(self, key):
        return os.path.join(self._folder, key)

    def fetch(self, key, pk3_path):
        if not os.path.exists(self._path(key)):
            return False
        shutil.copyfile(self._path(key), pk3_path)
        return True

    def write(self, key, pk3_path):
        partial = f"{self._path(key)}.{os.getpid()}.{id(self)}"
        shutil.copyfile(pk3_path, partial)
        os.replace(partial, self._path(key))


class LabWorld(World):
    """A level of DeepMind Lab at 96 x 72, every action for four frames. Settings are passed on as its config, as text."""

    def __init__(self, level, cache_folder, settings):
        import deepmind_lab

        height, width, _ = LAB_FRAME
        config = {"width": str(width), "height": str(height), **{name: str(value) for name, value in settings.items()}}
        cache = {} if cache_folder is None else {"level_cache": LevelCache(cache_folder)}
        self._lab = deepmind_lab.Lab(level, [LAB_VIEW], config=config, **cache)
        super().__init__(len(LAB_ACTIONS), Spec("observation", np.uint8, LAB_FRAME))

    def reset(self, seed):
        self._lab.reset(**({} if seed is None else {"seed": seed}))
        self._look(self._lab.observations()[LAB_VIEW])
        self.reward, self.discount, self.ended = 0.0, 1.0, False

    def step(self, actions):
        action = np.array(LAB_ACTIONS[int(actions.get(ACTION, 0))], np.intc)
        self.reward = float(self._lab.step(action, num_steps=LAB_REPEAT))
        self.ended = not self._lab.is_running()
        if self.ended:
            self.discount = 0.0  # the last frame stays: an ended level shows none
        else:
            self._look(self._lab.observations()[LAB_VIEW])

    def close(self):
        self._lab.close()


def maker(options):
    """What makes a world of the command line's options from a request's settings."""
    if options.gymnasium is not None:
        return lambda settings: GymnasiumWorld(options.gymnasium, settings)
    return lambda settings: LabWorld(options.lab, options.level_cache, settings)
