package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process that only reads has of the store: read-only mappings, and nothing else. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MappingTest {
    private static final int KEYS = 3_000;
    private static final int VALUE_LENGTH = 40;
    private static final Set<String> FILES = Set.of("shard-000.ctl", "shard-000.map", "store.mark");

    @TempDir Path temp;
    private Path dir;

    @BeforeEach
    void chooseDirectory() throws IOException {
        dir = temp.toRealPath().resolve("d");
    }

    /**
     * Child process: attaches, then reads the key of each number that comes in. Prints {@code
     * attached}, {@code got LENGTH} for each, and first whether it could open the mark for writing.
     */
    static final class Attached {
        public static void main(final String[] args) throws IOException {
            final Path dir = Path.of(args[0]);
            System.out.println("could write " + isWritable(dir.resolve(StoreMark.FILE_NAME)));
            final UnsafeBuffer key = TestBytes.heap(16);
            final UnsafeBuffer copy = TestBytes.heap(VALUE_LENGTH);
            try (StoreReader reader = StoreReader.attach(dir);
                    BufferedReader in =
                            new BufferedReader(
                                    new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                System.out.println("attached");
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    TestBytes.putKey(key, Long.parseLong(line));
                    System.out.println("got " + reader.get(key, 0, 16, copy, 0, VALUE_LENGTH));
                }
            }
        }

        private static boolean isWritable(final Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                return channel.isOpen();
            } catch (final AccessDeniedException ex) {
                return false;
            }
        }
    }

    @Test
    void shouldMapReadOnlyAndKeepNoFileOpen() throws IOException {
        try (Store store = open();
                ChildJvm child = ChildJvm.quick(Attached.class, dir)) {
            child.await("attached");
            fill(store, 0, 10);
            assertReads(child, 9);
            final Map<String, Set<String>> before = mappings(child.pid());
            assertEquals(FILES, before.keySet());
            assertEquals(1, before.get("shard-000.map").size());
            assertEquals(List.of(), openFiles(child.pid()));

            // the extra tiers of a full segment make the file grow, and the reader map it again
            fill(store, 10, KEYS);
            for (int id = 0; id < KEYS; id += 100) {
                assertReads(child, id);
            }
            final Map<String, Set<String>> after = mappings(child.pid());
            assertEquals(FILES, after.keySet());
            assertTrue(after.get("shard-000.map").size() > 1, "the file never grew");
            assertEquals(List.of(), openFiles(child.pid()));
        }
    }

    @Test
    void shouldNeedNoWritePermissionAndChangeNoFile() throws IOException {
        try (Store store = open()) {
            fill(store, 0, 10);
        }
        final Map<String, Integer> before = contents();
        try {
            restrict("r--r-----", "r-xr-x---");
            try (ChildJvm child = ChildJvm.quickUnder(withoutRootsRights(), Attached.class, dir)) {
                assertEquals("false", child.await("could write"));
                child.await("attached");
                assertReads(child, 9);
            }
        } finally {
            restrict("rw-r-----", "rwxr-x---");
        }
        assertEquals(before, contents());
    }

    /** Whoever is in the owner's group may read a store, nobody else. */
    @Test
    void shouldMakeFilesThatTheGroupReadsAndOthersDoNot() throws IOException {
        try (Store store = open()) {
            fill(store, 0, 10);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
                int checked = 0;
                for (final Path file : files) {
                    assertEquals(
                            "rw-r-----",
                            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                            file.toString());
                    checked++;
                }
                assertTrue(checked >= FILES.size(), "files: " + checked);
            }
        }
    }

    /** Root may write to any file, unless it gives that capability away. */
    private static List<String> withoutRootsRights() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        final boolean there = Files.isExecutable(Path.of("/usr/bin/setpriv"));
        if (!there) {
            System.out.println("skipped: root without /usr/bin/setpriv can write everywhere");
        }
        Assumptions.assumeTrue(there);
        return List.of("/usr/bin/setpriv", "--bounding-set=-dac_override");
    }

    private Store open() {
        return Store.open(
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(1)
                        .segmentsPerShard(1)
                        .entries(KEYS)
                        .averageKeyLength(8)
                        .averageValueLength(8)
                        .maxValueLength(VALUE_LENGTH));
    }

    private static void fill(final Store store, final int from, final int to) {
        final UnsafeBuffer key = TestBytes.heap(16);
        final UnsafeBuffer value = TestBytes.heap(VALUE_LENGTH);
        for (int id = from; id < to; id++) {
            TestBytes.putKey(key, id);
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, VALUE_LENGTH, 0));
        }
    }

    private static void assertReads(final ChildJvm child, final int id) {
        child.send(Integer.toString(id));
        assertEquals(Integer.toString(VALUE_LENGTH), child.await("got"));
    }

    /** File names of the directory's mappings and their address ranges; each must be read-only. */
    private Map<String, Set<String>> mappings(final long pid) throws IOException {
        final Map<String, Set<String>> ranges = new TreeMap<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
            lines.filter(line -> line.contains(dir + "/"))
                    .forEach(
                            line -> {
                                final String[] words = line.split(" +");
                                assertEquals("r--s", words[1], line);
                                ranges.computeIfAbsent(
                                                Path.of(words[5]).getFileName().toString(),
                                                name -> new TreeSet<>())
                                        .add(words[0]);
                            });
        }
        return ranges;
    }

    private List<Path> openFiles(final long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.map(MappingTest::target).filter(f -> f.startsWith(dir)).toList();
        }
    }

    private static Path target(final Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (final NoSuchFileException closedMeanwhile) {
            return descriptor;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private Map<String, Integer> contents() throws IOException {
        final Map<String, Integer> hashes = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (final Path file : files) {
                hashes.put(
                        file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return hashes;
    }

    private void restrict(final String fileMode, final String directoryMode) throws IOException {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString(directoryMode));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) {
            for (final Path file : files) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(fileMode));
            }
        }
    }
}
