"""Serves environments that live in Python over dm_env_rpc, version 1.

    python serve.py --gymnasium CartPole-v1
    python serve.py --lab contributed/dmlab30/rooms_watermaze --level-cache CACHE_FOLDER

Needs grpcio-tools and numpy, and gymnasium or deepmind_lab. Prints `listening on PORT` once it serves. Every world that is created is an
environment of its own; a setting `seed` of a reset (or of a world's reset) is the seed of the next episode. An episode that ends by itself
is TERMINATED with discount 0; one that is cut off is TERMINATED with discount 1.

A connection ends after `--idle-seconds` without a request, and the worlds that it made are destroyed. More than `--connections` at once are
refused. A request takes at most 4 MiB, and a connection has at most 64 worlds.

Source of the protocol: https://github.com/google-deepmind/dm_env_rpc, docs/v1.
"""

import argparse
import os
import signal
import sys
from concurrent import futures

import grpc

from cpc_bridge import worlds
from cpc_bridge.bridge import Bridge, services

# What an environment imports is found where it would be without this script, whose folder Python puts first.
sys.path = [place for place in sys.path if os.path.abspath(place) != os.path.dirname(os.path.abspath(__file__))]


def above_zero(text):
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--gymnasium", metavar="ID", help="any Gymnasium environment with discrete actions")
    kind.add_argument("--lab", metavar="LEVEL", help="a level of DeepMind Lab, such as contributed/dmlab30/rooms_watermaze")
    parser.add_argument("--level-cache", metavar="FOLDER", help="keeps the levels that DeepMind Lab builds")
    parser.add_argument("--port", type=int, default=0, help="default: any that is free")
    parser.add_argument("--connections", type=int, default=320, help="served at once; further ones are refused")
    parser.add_argument("--idle-seconds", type=above_zero, default=3600, help="a connection ends after so long without a request")
    options = parser.parse_args()
    # A request holds one step's actions; an answer may hold a large picture.
    options_of_channel = [("grpc.max_receive_message_length", 2**22), ("grpc.max_send_message_length", -1)]
    threads = futures.ThreadPoolExecutor(options.connections)
    server = grpc.server(threads, options=options_of_channel, maximum_concurrent_rpcs=options.connections)
    services.add_EnvironmentServicer_to_server(Bridge(worlds.maker(options), options.idle_seconds), server)
    port = server.add_insecure_port(f"localhost:{options.port}")
    if not sys.stdin.isatty():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it, and asks for more steps until it has finished
    server.start()
    print(f"listening on {port}", flush=True)
    sys.stdin.read()  # ends with the process that started it
    server.stop(None)


if __name__ == "__main__":
    main()
