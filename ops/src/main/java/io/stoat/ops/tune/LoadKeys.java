package io.stoat.ops.tune;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** The entries of the load: 1,000 keys of 16 bytes, values of 128. */
final class LoadKeys {
    static final int COUNT = 1_000;
    static final int VALUE_LENGTH = 128;

    private LoadKeys() {}

    static UnsafeBuffer[] all() {
        final UnsafeBuffer[] keys = new UnsafeBuffer[COUNT];
        for (int i = 0; i < COUNT; i++) {
            keys[i] =
                    new UnsafeBuffer(
                            String.format("tune:%011d", i).getBytes(StandardCharsets.US_ASCII));
        }
        return keys;
    }
}
