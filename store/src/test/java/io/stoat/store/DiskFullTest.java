package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file system that is full when a shard wants extra tiers. The store is opened by a child
 * process, since a page without space behind it may end the process. Needs the right to mount a
 * tmpfs; is skipped without it.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DiskFullTest {
    private static final int KEYS = 300;
    private static final int VALUE_LENGTH = 4_000;

    @TempDir Path temp;
    private Path disk;

    @BeforeEach
    void mountSmallDisk() throws IOException, InterruptedException {
        disk = Files.createDirectory(temp.resolve("disk"));
        final boolean mounted =
                run("mount", "-t", "tmpfs", "-o", "size=2m", "stoat-test", disk.toString());
        if (!mounted) {
            System.out.println("skipped: no right to mount a tmpfs");
        }
        Assumptions.assumeTrue(mounted);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", disk.toString());
    }

    private static boolean run(final String... command) throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }

    private static StoreContext context(final Path dir) {
        return new StoreContext()
                .dataDir(dir)
                .shardCount(1)
                .segmentsPerShard(1)
                .entries(1_000)
                .averageKeyLength(16)
                .averageValueLength(100)
                .maxValueLength(VALUE_LENGTH);
    }

    /**
     * Child process: puts and checks all keys again and again, longer each round, while told to.
     * Argument: directory. Prints {@code opened N} or {@code refused MESSAGE}, then {@code stored N
     * full N wrong N} for each line that comes in.
     */
    static final class Filler {
        private final UnsafeBuffer key = TestBytes.heap(16);
        private final UnsafeBuffer value = TestBytes.heap(VALUE_LENGTH);
        private final UnsafeBuffer copy = TestBytes.heap(VALUE_LENGTH);
        private final int[] lengths = new int[KEYS];

        public static void main(final String[] args) throws IOException {
            final Path dir = Path.of(args[0]);
            try (Store store = Store.open(context(dir));
                    StoreReader reader = StoreReader.attach(dir)) {
                System.out.println("opened " + store.size());
                final Filler filler = new Filler();
                while (System.in.read() == '\n') {
                    System.out.println(filler.round(store, reader));
                }
            } catch (final StoreException ex) {
                System.out.println("refused " + ex.getMessage());
            }
        }

        private String round(final Store store, final StoreReader reader) {
            int full = 0;
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                final int length = Math.min(VALUE_LENGTH, lengths[id] + 1_000);
                value.setMemory(0, length, (byte) (id + length));
                final int status = store.put(key, 0, 16, value, 0, length, 0);
                if (status == Status.OK) {
                    lengths[id] = length;
                } else if (status == Status.STORE_FULL) {
                    full++;
                } else {
                    return "id " + id + ": " + Status.nameOf(status);
                }
            }
            int stored = 0;
            int wrong = 0;
            for (int id = 0; id < KEYS; id++) {
                stored += lengths[id] > 0 ? 1 : 0;
                wrong += isAsStored(reader, id) ? 0 : 1;
            }
            return "stored " + stored + " full " + full + " wrong " + wrong;
        }

        private boolean isAsStored(final StoreReader reader, final int id) {
            TestBytes.putKey(key, id);
            final int length = reader.get(key, 0, 16, copy, 0, VALUE_LENGTH);
            if (lengths[id] == 0) {
                return length == Status.NOT_FOUND;
            }
            return length == lengths[id]
                    && copy.getByte(0) == (byte) (id + length)
                    && copy.getByte(length - 1) == (byte) (id + length);
        }
    }

    @Test
    void shouldSayFullWhenTheDiskIsAndGoOnWhenItIsNot() throws IOException {
        final Path dir = disk.resolve("d");
        final Path ballast = disk.resolve("ballast");
        final int stored;
        try (ChildJvm child = ChildJvm.quick(Filler.class, dir)) {
            child.await("opened");
            fillUp(ballast);
            final long size = Files.size(ShardFiles.map(dir, 0));
            stored = count(next(child), "stored");
            assertTrue(stored > 10 && stored < KEYS, "stored " + stored);
            next(child);
            assertEquals(size, Files.size(ShardFiles.map(dir, 0)), "length without space");
            Files.delete(ballast);
            assertTrue(count(next(child), "stored") > stored);
            assertTrue(Files.size(ShardFiles.map(dir, 0)) > size);
            child.send("end");
            assertEquals(0, child.exitCode());
        }
        try (ChildJvm child = ChildJvm.quick(Filler.class, dir)) {
            assertTrue(Integer.parseInt(child.await("opened")) > stored);
        }
    }

    @Test
    void shouldNameNeedAndRoomWhenItCannotStart() throws IOException {
        final Path dir = disk.resolve("large");
        final StoreException ex =
                assertThrows(
                        StoreException.class,
                        () ->
                                Store.open(
                                        new StoreContext()
                                                .dataDir(dir)
                                                .entries(20_000)
                                                .maxValueLength(1_000)));
        assertTrue(
                ex.getMessage().matches("(?s).*need about \\d+ MiB and [12] MiB are free.*"),
                ex.getMessage());
        assertFalse(Files.exists(ShardFiles.map(dir, 0)));
        Store.open(new StoreContext().dataDir(dir).entries(100).maxValueLength(100)).close();
    }

    /** As if the owner had been killed between lengthening the file and allocating the space. */
    @Test
    void shouldRefuseToRecoverAFileWithoutSpaceUntilThereIsSome() throws IOException {
        final Path dir = disk.resolve("d");
        final Path ballast = disk.resolve("ballast");
        final Path map = ShardFiles.map(dir, 0);
        try (ChildJvm child = ChildJvm.quick(Filler.class, dir)) {
            child.await("opened");
            fillUp(ballast);
            next(child);
            child.kill();
        }
        try (RandomAccessFile file = new RandomAccessFile(map.toFile(), "rw")) {
            file.setLength(file.length() + 256 * 1024);
        }
        try (ChildJvm child = ChildJvm.quick(Filler.class, dir)) {
            final String message = child.await("refused");
            assertTrue(message.contains(map.toString()), message);
            assertTrue(message.contains("free space"), message);
        }
        Files.delete(ballast);
        try (ChildJvm child = ChildJvm.quick(Filler.class, dir)) {
            assertTrue(Integer.parseInt(child.await("opened")) > 10);
        }
    }

    private static String next(final ChildJvm child) {
        child.send("");
        final String line = child.readLine();
        assertTrue(line != null && line.endsWith("wrong 0"), "child said: " + line);
        assertTrue(count(line, "full") > 0, line);
        return line;
    }

    private static int count(final String line, final String name) {
        final String[] words = line.split(" ");
        return Integer.parseInt(words[List.of(words).indexOf(name) + 1]);
    }

    private static void fillUp(final Path ballast) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
        try (FileChannel channel =
                FileChannel.open(ballast, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            while (channel.write(bytes.clear()) == bytes.capacity()) {
                // until the disk has no room for more
            }
        } catch (final IOException full) {
            // that is what was wanted
        }
    }
}
