package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.ValueModel;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreSmokeTest {
    @TempDir Path dir;

    @Test
    void shouldReadBackWhatWasPut() {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[64]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[256]);
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[256]);
        final StoreContext context =
                new StoreContext().dataDir(dir.resolve("d")).entries(20_000).maxValueLength(200);
        try (Store store = Store.open(context);
                StoreReader reader = StoreReader.attach(dir.resolve("d"))) {
            final EntryView view = new EntryView();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 20_000; i++) {
                    key.putLong(0, i * 31L);
                    key.putLong(8, i);
                    value.putLong(0, i + round);
                    final int length = 8 + (i + round / 2) % 100;
                    assertEquals(Status.OK, store.put(key, 0, 16, value, 0, length, 0), "i=" + i);
                    assertEquals(length, reader.get(key, 0, 16, dst, 0, 256));
                    assertEquals(i + round, dst.getLong(0));
                    assertEquals(length, reader.find(key, 0, 16, view));
                    assertEquals(i + round, view.getLong(0));
                    assertTrue(view.isValid());
                    assertEquals(store.version(), reader.version());
                }
            }
            assertEquals(20_000, store.size());
            key.putLong(0, 31L);
            key.putLong(8, 1);
            assertEquals(Status.OK, store.remove(key, 0, 16));
            assertEquals(Status.NOT_FOUND, reader.get(key, 0, 16, dst, 0, 256));
        }
        try (Store store = Store.open(new StoreContext().dataDir(dir.resolve("d")))) {
            assertEquals(19_999, store.size());
        }
    }

    /** Else each process that opens a shard generates and compiles it: a second of its start. */
    @Test
    void shouldBringTheClassOfTheMapsStateCompiled() throws ClassNotFoundException {
        final Class<?> state =
                Class.forName("net.openhft.chronicle.hash.VanillaGlobalMutableState$$Native");
        assertEquals(
                Store.class.getProtectionDomain().getCodeSource(),
                state.getProtectionDomain().getCodeSource());
        assertEquals(state, ValueModel.acquire(VanillaGlobalMutableState.class).nativeClass());
    }
}
