package io.stoat.bench.echo;

import io.stoat.bench.target.Ports;
import io.stoat.bench.target.Programs;
import io.stoat.bench.target.RedisProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code redis-server} of the host, on a free loopback port, that keeps nothing on disk. */
final class RedisProcess implements AutoCloseable {
    private static final long TIMEOUT_S = 20;

    private final Process process;
    private final int port = Ports.freeTcp();

    RedisProcess(final Path directory) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Programs.find(RedisProgram.NAME).toString());
        command.addAll(RedisProgram.arguments(port, directory));
        process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("redis.log").toFile())
                        .start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
        while (!Programs.isListening(port)) {
            if (!process.isAlive() || System.nanoTime() - deadlineNs > 0) {
                close();
                throw new IllegalStateException(
                        RedisProgram.NAME + " did not start on port " + port);
            }
            Thread.sleep(20);
        }
    }

    static boolean isInstalled() {
        return Programs.find(RedisProgram.NAME) != null;
    }

    /** Name and version. */
    static String version() {
        return RedisProgram.version();
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
