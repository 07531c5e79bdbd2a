package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.replication.codec.CommandResultsDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exactly once, without a cluster. */
class CommandApplicationTest {
    private static final long CLIENT = 77;
    private static final long SESSION = 7;
    private static final int FIRST_RESULT =
            MessageHeaderDecoder.ENCODED_LENGTH + CommandResultsDecoder.BLOCK_LENGTH;

    @TempDir Path dir;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[4096]);
    private final CommandEncoder encoder = new CommandEncoder();
    private final ClientTable clients = new ClientTable();
    private Store store;
    private CommandApplication application;
    private long position = 1000;

    @BeforeEach
    void open() {
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir.resolve("data"))
                                .entries(1000)
                                .maxValueLength(64)
                                .heartbeatThread(false));
        application = new CommandApplication(store.writer(), clients);
        encoder.wrap(message, 0, message.capacity());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ClientRecord apply(final long client, final long sequence, final int count) {
        position += 4096;
        return application.apply(
                SESSION, client, sequence, count, message, 0, encoder.encodedLength(), position, 1);
    }

    private long counterOf(final ClientRecord record, final long sequence, final int index) {
        return record.answer(sequence)
                .getLong(
                        FIRST_RESULT + index * ReplicatedStoreService.RESULT_LENGTH + 16,
                        ByteOrder.LITTLE_ENDIAN);
    }

    private int refusal(final long client, final long sequence) {
        final UnsafeBuffer answer = new UnsafeBuffer(new byte[128]);
        application.encodeRefusal(answer, client, sequence);
        return new CommandResultsDecoder()
                .wrapAndApplyHeader(answer, 0, new MessageHeaderDecoder())
                .status();
    }

    @Test
    void shouldApplyARepeatedMessageOnceAndAnswerItTheSame() {
        encoder.add(bytes("sum"), 0, 3, 5);
        encoder.add(bytes("sum"), 0, 3, 6);
        final ClientRecord first = apply(CLIENT, 1, 2);
        assertEquals(5, counterOf(first, 1, 0));
        assertEquals(11, counterOf(first, 1, 1));
        final byte[] answer = new byte[first.answerLength(1)];
        first.answer(1).getBytes(0, answer);

        final ClientRecord again = apply(CLIENT, 1, 2);
        assertTrue(application.wasRepeated());
        final byte[] answerAgain = new byte[again.answerLength(1)];
        again.answer(1).getBytes(0, answerAgain);
        org.junit.jupiter.api.Assertions.assertArrayEquals(answer, answerAgain);
        assertEquals(16, counterOf(apply(CLIENT, 2, 2), 2, 0));
    }

    @Test
    void shouldGiveCommandsOfOneMessageGrowingPositions() {
        for (int i = 0; i < 10; i++) {
            encoder.add(bytes("key-" + i), 0, 5, 1);
        }
        final ClientRecord record = apply(CLIENT, 1, 10);
        long before = position - encoder.encodedLength() - 1;
        for (int i = 0; i < 10; i++) {
            final long version =
                    record.answer(1)
                            .getLong(
                                    FIRST_RESULT + i * ReplicatedStoreService.RESULT_LENGTH + 8,
                                    ByteOrder.LITTLE_ENDIAN);
            assertTrue(version > before && version < position, version + " after " + before);
            before = version;
        }
    }

    @Test
    void shouldRefuseAMessageAfterAMissingOne() {
        encoder.add(bytes("sum"), 0, 3, 5);
        assertNotNull(apply(CLIENT, 1, 1));
        assertNull(apply(CLIENT, 3, 1));
        assertEquals(ReplicationStatus.SEQUENCE_GAP, refusal(CLIENT, 3));
        assertEquals(10, counterOf(apply(CLIENT, 2, 1), 2, 0));
    }

    @Test
    void shouldNotGuessForAClientThatIsNotRemembered() {
        encoder.add(bytes("sum"), 0, 3, 5);
        assertNull(apply(CLIENT, 9, 1));
        assertEquals(ReplicationStatus.CLIENT_UNKNOWN, refusal(CLIENT, 9));
        assertEquals(0, store.size());
    }

    @Test
    void shouldForgetAnswersOnlyBeyondTheWindow() {
        encoder.add(bytes("sum"), 0, 3, 1);
        for (int i = 1; i <= ClientRecord.WINDOW + 1; i++) {
            assertNotNull(apply(CLIENT, i, 1));
        }
        assertNotNull(apply(CLIENT, 2, 1));
        assertNull(apply(CLIENT, 1, 1));
        assertEquals(ReplicationStatus.CLIENT_UNKNOWN, refusal(CLIENT, 1));
    }

    @Test
    void shouldAnswerMalformedCommandsWithoutApplyingAny() {
        encoder.add(bytes("sum"), 0, 3, 1);
        encoder.add(bytes("sum"), 0, 3, 1);
        message.putInt(40, 1_000_000, ByteOrder.LITTLE_ENDIAN);
        final ClientRecord record = apply(CLIENT, 1, 2);
        assertEquals(
                Status.MALFORMED,
                new CommandResultsDecoder()
                        .wrapAndApplyHeader(record.answer(1), 0, new MessageHeaderDecoder())
                        .status());
        assertEquals(0, store.size());
        assertFalse(application.isCorrupt());
    }

    @Test
    void shouldRememberClientsThatMayStillRepeat() {
        for (int i = 0; i < ClientTable.MAX_CLIENTS; i++) {
            assertNotNull(clients.create(i, 1000 + i));
        }
        assertNull(clients.create(-1, 1000 + ClientTable.RETENTION_MS - 1));
        assertNotNull(clients.create(-1, 1000 + ClientTable.RETENTION_MS));
        assertNull(clients.find(0));
        assertNotNull(clients.find(1));
    }

    @Test
    void shouldForgetAClientThatSendsNoMoreWithoutTakingItForANewOne() {
        encoder.add(bytes("sum"), 0, 3, 1);
        assertNotNull(apply(CLIENT, 1, 1));
        for (int i = 1; i < ClientTable.MAX_CLIENTS; i++) {
            assertNotNull(clients.create(1_000 + i, 1));
        }
        assertNull(clients.create(-1, 1));
        final UnsafeBuffer answer = new UnsafeBuffer(new byte[128]);
        application.forget(answer, CLIENT, position, 1);
        assertEquals(
                0,
                new CommandResultsDecoder()
                        .wrapAndApplyHeader(answer, 0, new MessageHeaderDecoder())
                        .sequence());
        // held up somewhere: not one of a client that begins
        for (int sequence = 1; sequence <= 2; sequence++) {
            assertNull(apply(CLIENT, sequence, 1));
            assertEquals(ReplicationStatus.CLIENT_UNKNOWN, refusal(CLIENT, sequence));
        }
        assertNotNull(clients.create(-1, 1));
        assertNull(clients.find(CLIENT));
        assertNull(clients.create(-2, 1));
    }

    @Test
    void shouldMakeRoomByAClientWhoseSessionIsClosedOnceItRepeatsNothing() {
        for (int i = 0; i < ClientTable.MAX_CLIENTS; i++) {
            clients.create(i, 1000).active(10 + i, 1000);
        }
        clients.sessionClosed(10 + 5);
        clients.sessionClosed(10 + 6);
        // this one is back
        clients.find(6).active(10_000, 1000);
        assertNull(clients.create(-1, 1000 + ClientTable.LONGEST_RETRY_MS - 1));
        assertNotNull(clients.create(-1, 1000 + ClientTable.LONGEST_RETRY_MS));
        assertNull(clients.find(5));
        assertNull(clients.create(-2, 1000 + ClientTable.LONGEST_RETRY_MS));
    }

    @Test
    void shouldKeepWhatIsKnownOfClientsInASnapshot() {
        encoder.add(bytes("sum"), 0, 3, 1);
        for (int client = 1; client <= 3; client++) {
            assertNotNull(apply(client, 1, 1));
        }
        clients.close(2, 5);
        clients.find(3).active(SESSION + 1, 6);
        clients.sessionClosed(SESSION + 1);
        final ClientTable restored = new ClientTable();
        final SnapshotReports reports = new SnapshotReports(1, 1);
        ResumePoint.of(position, 1, 1, clients, reports).restore(restored, reports);
        assertEquals(3, restored.size());
        for (final ClientRecord record : clients.sorted()) {
            final ClientRecord again = restored.find(record.clientId());
            assertEquals(record.state(), again.state());
            assertEquals(record.sessionId(), again.sessionId());
            assertEquals(record.lastActiveMs(), again.lastActiveMs());
            assertEquals(record.lastSequence(), again.lastSequence());
            assertEquals(record.hasAnswer(1), again.hasAnswer(1));
        }
        assertEquals(ClientRecord.State.CLOSED, restored.find(2).state());
        assertEquals(ClientRecord.State.LEFT, restored.find(3).state());
    }

    @Test
    void shouldRefuseMoreCommandsThanAreAnsweredAtOnce() {
        final UnsafeBuffer large = new UnsafeBuffer(new byte[256 * 1024]);
        encoder.wrap(large, 0, large.capacity());
        for (int i = 0; i < ClientRecord.MAX_COMMANDS; i++) {
            encoder.add(bytes("sum"), 0, 3, 1);
        }
        final ClientRecord record = applyLarge(large, 1, ClientRecord.MAX_COMMANDS);
        final int last = ClientRecord.MAX_COMMANDS - 1;
        assertEquals(ClientRecord.MAX_COMMANDS, counterOf(record, 1, last));
        assertEquals(CommandApplication.MAX_ANSWER_LENGTH, record.answerLength(1));
        encoder.add(bytes("sum"), 0, 3, 1);
        assertEquals(
                ReplicationStatus.TOO_MANY_COMMANDS,
                new CommandResultsDecoder()
                        .wrapAndApplyHeader(
                                applyLarge(large, 2, ClientRecord.MAX_COMMANDS + 1).answer(2),
                                0,
                                new MessageHeaderDecoder())
                        .status());
        assertEquals(0, application.applied());
        encoder.wrap(message, 0, message.capacity());
        encoder.add(bytes("sum"), 0, 3, 1);
        assertEquals(ClientRecord.MAX_COMMANDS + 1, counterOf(apply(CLIENT, 3, 1), 3, 0));
    }

    private ClientRecord applyLarge(
            final UnsafeBuffer large, final long sequence, final int count) {
        position += large.capacity();
        return application.apply(
                SESSION, CLIENT, sequence, count, large, 0, encoder.encodedLength(), position, 1);
    }
}
