package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.driver.MediaDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiverWindowTest {
    @ParameterizedTest
    @CsvSource({
        "0, 4194304, 131072",
        "212992, 4194304, 131072",
        "1048576, 4194304, 524288",
        "2097152, 4194304, 1048576",
        "67108864, 4194304, 1048576",
        "67108864, 1048576, 524288"
    })
    void shouldTakeWhatTheHostAllowsUpToAMebibyte(
            final long largestBuffer, final int termLength, final int window) {
        assertEquals(window, ReceiverWindow.length(largestBuffer, termLength));
    }

    @Test
    void shouldAskForASocketBufferOfTwoWindows() {
        final MediaDriver.Context context =
                ReceiverWindow.set(new MediaDriver.Context(), 1 << 20, 8 << 20);
        assertEquals(512 << 10, context.initialWindowLength());
        assertEquals(1 << 20, context.socketRcvbufLength());
    }
}
