package io.stoat.transport;

import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much a sender may have on its way to a receiver. Aeron's default of 128 KiB is soon used up
 * when the receiver's thread has to wait for its core; more than the socket's buffer holds would be
 * lost, and the system says how long that may be.
 */
public final class ReceiverWindow {
    private static final Path LARGEST_BUFFER = Path.of("/proc/sys/net/core/rmem_max");
    private static final int DEFAULT_LENGTH = 128 * 1024;
    private static final int LONGEST = 1 << 20;

    private ReceiverWindow() {}

    /**
     * Sets window and socket buffer of a driver to what the host allows.
     *
     * @param context of the driver; changed.
     * @param termLength of the driver's publications, bytes.
     * @return the context.
     */
    public static MediaDriver.Context set(final MediaDriver.Context context, final int termLength) {
        return set(context, termLength, largestBuffer());
    }

    static MediaDriver.Context set(
            final MediaDriver.Context context, final int termLength, final long largestBuffer) {
        final int length = length(largestBuffer, termLength);
        return length <= DEFAULT_LENGTH
                ? context
                : context.initialWindowLength(length).socketRcvbufLength(2 * length);
    }

    /** A power of two, twice which the socket's buffer can have, and at most half a term. */
    static int length(final long largestBuffer, final int termLength) {
        final long bound = Math.min(Math.min(LONGEST, largestBuffer / 2), termLength / 2);
        return bound <= DEFAULT_LENGTH ? DEFAULT_LENGTH : Integer.highestOneBit((int) bound);
    }

    private static long largestBuffer() {
        try {
            return Long.parseLong(Files.readString(LARGEST_BUFFER).trim());
        } catch (final IOException | NumberFormatException unknown) {
            return 0;
        }
    }
}
