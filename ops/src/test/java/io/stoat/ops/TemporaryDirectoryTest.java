package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryDirectoryTest {
    @TempDir Path parent;

    private Path make(final String name) throws Exception {
        Files.writeString(Files.createDirectory(parent.resolve(name)).resolve("file"), "x");
        return parent.resolve(name);
    }

    private static long deadPid() throws Exception {
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void shouldDeleteOnlyWhatADeadProcessLeftForThePurpose() throws Exception {
        final long dead = deadPid();
        make("stoat-demo-" + dead + "-1");
        final Path other = make("stoat-tune-" + dead + "-1");
        final Path live = make("stoat-demo-" + ProcessHandle.current().pid() + "-1");
        final Path unknown = make("stoat-demo-" + dead);
        final Path foreign = make("stoat-demo-" + dead + "-1-mine");
        final Path made = TemporaryDirectory.create(parent, "demo");
        try (Stream<Path> all = Files.list(parent)) {
            assertEquals(
                    Set.of(other, live, unknown, foreign, made), all.collect(Collectors.toSet()));
        }
    }
}
