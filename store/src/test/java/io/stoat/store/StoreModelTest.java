package io.stoat.store;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random command sequences against a {@link StoreModel}; {@code -Dstoat.seed=N} repeats one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoreModelTest {
    private static final int COMMANDS = 25_000;

    @TempDir Path dir;

    @ParameterizedTest
    @CsvSource({
        // shards, segments, keys, longest key, longest value, average value
        "1,  1,  300,   16,     64,    64",
        "1, 16,  500, 1024,    200,   200",
        "3,  4,  500,  100,   1000,  1000",
        "4,  8,  800,   24,    256,   256",
        "7,  2,  400, 1024,     40,    40",
        "2,  2,  300,  200,   5000,   100",
        "1,  1,  100, 1024, 100000, 20000",
    })
    void shouldBehaveLikeTheModel(
            final int shards,
            final int segments,
            final int keys,
            final int maxKeyLength,
            final int maxValueLength,
            final int averageValueLength) {
        final long seed = Long.getLong("stoat.seed", 20_260_131L + shards * 31L + maxValueLength);
        final StoreContext context =
                new StoreContext()
                        .dataDir(dir.resolve("d"))
                        .shardCount(shards)
                        .segmentsPerShard(segments)
                        .entries(4L * keys)
                        .maxValueLength(maxValueLength)
                        .averageValueLength(averageValueLength)
                        .averageKeyLength(maxKeyLength / 2 + 1);
        final Random random = new Random(seed);
        try (StoreModel model =
                new StoreModel(
                        random, context, TestBytes.distinctKeys(random, keys, 1, maxKeyLength))) {
            final int commands = maxValueLength > 10_000 ? COMMANDS / 5 : COMMANDS;
            for (int i = 0; i < commands; i++) {
                model.step();
            }
            model.checkAll();
        } catch (final AssertionError | RuntimeException ex) {
            throw new AssertionError("seed=" + seed + ": " + ex.getMessage(), ex);
        }
    }
}
