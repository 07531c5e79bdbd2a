package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers on files with random damage, in a child process: whatever the bytes are, a read ends with
 * a status or a value, never with another exception or the end of the process. {@code
 * -Dstoat.seed=N} repeats a run.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DamagedFilesTest {
    private static final int ROUNDS = 1_500;
    private static final int KEYS = 600;
    private static final int VALUE_LENGTH = 100;
    private static final int CONTROL_HEADER_LENGTH = 512;

    @TempDir Path temp;

    @Test
    void shouldNeverEndTheProcessHoweverTheFilesAreDamaged() {
        final Path dir = temp.resolve("d");
        try (Store store = Store.open(context(dir))) {
            final long before = mapLength(dir);
            final UnsafeBuffer key = TestBytes.heap(16);
            final UnsafeBuffer value = TestBytes.heap(VALUE_LENGTH);
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                assertEquals(Status.OK, store.put(key, 0, 16, value, 0, VALUE_LENGTH, 0));
            }
            assertTrue(mapLength(dir) > before, "no extra tier: the test lost a case");
        }
        final long seed = Long.getLong("stoat.seed", 20_260_131L);
        try (ChildJvm child = ChildJvm.quick(Damager.class, dir, seed, ROUNDS)) {
            final String result = child.readLine();
            assertTrue(
                    result != null && result.startsWith("done "), "seed=" + seed + ": " + result);
            System.out.println("damaged files: " + result);
            final String[] words = result.split(" ");
            assertTrue(Long.parseLong(words[2]) > ROUNDS / 20, "damage was hardly ever refused");
            assertTrue(Long.parseLong(words[4]) > ROUNDS / 20, "damage was hardly ever read");
            assertEquals(0, child.exitCode());
        }
    }

    private static StoreContext context(final Path dir) {
        return new StoreContext()
                .dataDir(dir)
                .shardCount(1)
                .segmentsPerShard(2)
                .entries(KEYS)
                .averageKeyLength(8)
                .averageValueLength(16)
                .maxValueLength(VALUE_LENGTH);
    }

    private static long mapLength(final Path dir) {
        try (ControlFile control = ControlFile.open(ShardFiles.control(dir, 0), 0, false)) {
            return control.mappedLength();
        }
    }

    /**
     * Child process: damages, attaches, reads everything in every way, mends. Arguments: directory,
     * seed, rounds. Prints {@code done refused N hurt N}, or what went wrong and when.
     */
    static final class Damager {
        private final Random random;
        private final Path dir;
        private final UnsafeBuffer key = TestBytes.heap(16);
        private final UnsafeBuffer copy = TestBytes.heap(VALUE_LENGTH);
        private final EntryView view = new EntryView();
        private long sum;
        private long refused;
        private long hurt;

        Damager(final Path dir, final long seed) {
            this.dir = dir;
            random = new Random(seed);
        }

        public static void main(final String[] args) throws IOException {
            final Damager damager = new Damager(Path.of(args[0]), Long.parseLong(args[1]));
            for (int round = 0; round < Integer.parseInt(args[2]); round++) {
                try {
                    damager.round();
                } catch (final RuntimeException | Error ex) {
                    ex.printStackTrace();
                    System.out.println("round " + round + ": " + ex);
                    return;
                }
            }
            System.out.println("done refused " + damager.refused + " hurt " + damager.hurt);
        }

        private void round() throws IOException {
            final boolean control = random.nextBoolean();
            final Path file = control ? ShardFiles.control(dir, 0) : ShardFiles.map(dir, 0);
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                final int size =
                        control && random.nextInt(4) > 0
                                ? CONTROL_HEADER_LENGTH
                                : (int) channel.size();
                final ByteBuffer sound = ByteBuffer.allocate((int) channel.size());
                channel.read(sound, 0);
                try {
                    for (int i = 1 + random.nextInt(control ? 2 : 200); i > 0; i--) {
                        damage(channel, size);
                    }
                    readAll();
                } finally {
                    channel.write(sound.flip(), 0);
                }
            }
        }

        /** Whole numbers at their places, since those lead a reader astray. */
        private void damage(final FileChannel channel, final int size) throws IOException {
            final int length = 1 << random.nextInt(4);
            final int offset = random.nextInt(size - 8) / length * length;
            final ByteBuffer bytes = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            bytes.putLong(
                    0,
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> -1;
                        case 2 -> random.nextInt(1 << 12);
                        case 3 -> 1L << random.nextInt(64);
                        case 4 -> random.nextInt();
                        default -> random.nextLong();
                    });
            channel.write(bytes.limit(length), offset);
        }

        private void readAll() {
            try (StoreReader reader = StoreReader.attach(dir)) {
                boolean whole = true;
                final SnapshotRead snapshot = reader.newSnapshotRead(2, 2 * VALUE_LENGTH);
                for (int id = 0; id < KEYS; id++) {
                    TestBytes.putKey(key, id);
                    final int length = reader.get(key, 0, 16, copy, 0, VALUE_LENGTH);
                    whole &= length == VALUE_LENGTH;
                    requireKnown(length);
                    readView(reader.find(key, 0, 16, view));
                    snapshot.reset();
                    snapshot.addKey(key, 0, 16);
                    requireKnown(snapshot.read());
                }
                requireKnown(
                        reader.newScan()
                                .forEach(
                                        entry -> {
                                            sum += entry.isSound() ? 1 : 0;
                                            return true;
                                        }));
                sum += reader.stat().shards().size();
                hurt += whole ? 0 : 1;
            } catch (final StoreException ex) {
                refused++;
            }
        }

        private void readView(final int length) {
            requireKnown(length);
            if (length >= 0 && view.isValid()) {
                for (int i = 0; i < length; i++) {
                    sum += view.getByte(i);
                }
                sum += view.version() + view.expiresAtMs();
            }
        }

        private static void requireKnown(final int status) {
            if (status < 0 && Status.nameOf(status).startsWith("STATUS_")) {
                throw new IllegalStateException("status " + status);
            }
        }
    }
}
