package io.stoat.bench.target;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Programs of the host that a peer needs. Any thread. */
public final class Programs {
    private Programs() {}

    /**
     * Looks for a program in the PATH.
     *
     * @param name of the program.
     * @return where it lies, or null when it is not installed.
     */
    public static Path find(final String name) {
        for (final String directory :
                (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin").split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
                return Path.of(directory, name);
            }
        }
        return null;
    }

    /**
     * Runs a program.
     *
     * @param command program and arguments.
     * @return first line that it prints, or "unknown".
     */
    public static String firstLine(final String... command) {
        try {
            final Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(Path.of("/dev/null").toFile())
                            .start();
            try (BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8))) {
                final String line = lines.readLine();
                return line == null ? "unknown" : line;
            } finally {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        } catch (final IOException ex) {
            return "unknown";
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    /**
     * Tries to connect.
     *
     * @param port of TCP on loopback.
     * @return whether something listens there.
     */
    public static boolean isListening(final int port) {
        try (java.net.Socket socket =
                new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (final IOException ex) {
            return false;
        }
    }
}
