package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.driver.ThreadingMode;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;

class ArrangementTest {
    private static final List<String> ROLES = List.of("driver", "read-0", "write-0", "write-1");

    private static Arrangement arrange(final String... threads) {
        final List<AgentThread> list = new ArrayList<>();
        for (final String thread : threads) {
            list.add(
                    new AgentThread(
                            List.of(thread.split("\\+")), Thread::new, new BusySpinIdleStrategy()));
        }
        return Arrangement.of(ROLES, list);
    }

    private static List<String> names(final Arrangement arrangement) {
        return arrangement.threads().stream().map(AgentThread::name).toList();
    }

    @Test
    void shouldPutTheDriverLastSoThatItIsThereWhenOthersClose() {
        final Arrangement arrangement = arrange("driver+read-0", "write-1+write-0");
        assertEquals(ThreadingMode.INVOKER, arrangement.threadingMode());
        assertEquals(List.of("write-1+write-0", "read-0+driver"), names(arrangement));
    }

    @Test
    void shouldTakeTheDriverInItsThreeParts() {
        final Arrangement dedicated =
                arrange(
                        "driver-sender",
                        "driver-receiver",
                        "driver-conductor",
                        "read-0+write-0+write-1");
        assertEquals(ThreadingMode.DEDICATED, dedicated.threadingMode());
        assertEquals(List.of("read-0+write-0+write-1"), names(dedicated));
        assertEquals("driver-sender", dedicated.driverParts().get("driver-sender").name());

        final Arrangement network =
                arrange(
                        "driver-sender+driver-receiver",
                        "driver-conductor",
                        "read-0+write-0+write-1");
        assertEquals(ThreadingMode.SHARED_NETWORK, network.threadingMode());

        final Arrangement one =
                arrange("driver-sender+read-0+driver-receiver+driver-conductor", "write-0+write-1");
        assertEquals(ThreadingMode.INVOKER, one.threadingMode());
        assertEquals(List.of("write-0+write-1", "read-0+driver"), names(one));
    }

    @Test
    void shouldRefuseWhatCannotRun() {
        for (final String[] threads :
                new String[][] {
                    {"driver", "read-0", "write-0"},
                    {"read-0", "write-0", "write-1"},
                    {"driver", "read-0", "write-0", "write-1", "read-0"},
                    {"driver", "read-0", "write-0", "write-1", "read-1"},
                    {"driver+driver-sender", "read-0", "write-0", "write-1"},
                    {"driver-sender", "driver-receiver", "read-0", "write-0", "write-1"},
                    {
                        "driver-sender+read-0",
                        "driver-receiver",
                        "driver-conductor",
                        "write-0",
                        "write-1"
                    }
                }) {
            final TransportException refusal =
                    assertThrows(
                            TransportException.class,
                            () -> arrange(threads),
                            String.join(", ", threads));
            assertTrue(refusal.getMessage().startsWith("agentThreads: "), refusal.getMessage());
        }
    }
}
