package io.stoat.bench.target;

import java.nio.file.Path;
import java.util.List;

/** How benchmarks run a {@code redis-server} of the host: on loopback, with nothing on disk. */
public final class RedisProgram {
    /** Name of the file. */
    public static final String NAME = "redis-server";

    private RedisProgram() {}

    /**
     * @param port TCP port to listen on.
     * @param directory that it works in.
     * @return arguments of the program.
     */
    public static List<String> arguments(final int port, final Path directory) {
        return List.of(
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--daemonize",
                "no",
                "--dir",
                directory.toString());
    }

    /**
     * @return name and version.
     */
    public static String version() {
        return Programs.firstLine(NAME, "--version").replaceAll(" sha=.*", "");
    }
}
