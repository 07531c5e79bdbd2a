package io.stoat.bench.target;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Programs of the host that a peer needs. */
final class Programs {
    private Programs() {}

    /** Where a program lies, or null when it is not installed. */
    static Path find(final String name) {
        for (final String directory :
                (System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/bin").split(":")) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
                return Path.of(directory, name);
            }
        }
        return null;
    }

    /** First line that a program prints, or "unknown". */
    static String firstLine(final String... command) {
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

    /** Whether something listens on a loopback TCP port. */
    static boolean isListening(final int port) {
        try (java.net.Socket socket =
                new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (final IOException ex) {
            return false;
        }
    }
}
