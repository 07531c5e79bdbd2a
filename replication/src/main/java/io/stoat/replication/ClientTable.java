package io.stoat.replication;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The clients that the cluster remembers: bounded, and a function of the log alone. When it is
 * full, the one that could be forgotten first makes room: one that has said that it sends no more
 * at once, one whose session is closed after {@link #LONGEST_RETRY_MS}, any other after {@link
 * #RETENTION_MS}. Until then a closed one stays, so that a message of it that was held up somewhere
 * is not taken for a new client's.
 */
final class ClientTable {
    /** Most clients that are remembered. */
    static final int MAX_CLIENTS = 256;

    /** Time for which a silent client is certainly remembered, ms of the log's clock. */
    static final long RETENTION_MS = TimeUnit.MINUTES.toMillis(5);

    /** Longest time for which a client repeats a message, over whichever sessions, ms. */
    static final long LONGEST_RETRY_MS = RETENTION_MS / 2;

    private final Long2ObjectHashMap<ClientRecord> records = new Long2ObjectHashMap<>();
    private ClientRecord last;

    /** The record of a client, or null. */
    ClientRecord find(final long clientId) {
        if (last == null || last.clientId() != clientId) {
            last = records.get(clientId);
        }
        return last;
    }

    /** A new record, or null when the table is full of clients that may still repeat a message. */
    ClientRecord create(final long clientId, final long nowMs) {
        if (records.size() >= MAX_CLIENTS && !makeRoom(nowMs)) {
            return null;
        }
        final ClientRecord record = new ClientRecord(clientId);
        record.lastActiveMs(nowMs);
        records.put(clientId, record);
        last = record;
        return record;
    }

    private boolean makeRoom(final long nowMs) {
        ClientRecord first = null;
        for (final ClientRecord record : records.values()) {
            if (first == null
                    || record.dispensableMs() < first.dispensableMs()
                    || record.dispensableMs() == first.dispensableMs()
                            && record.clientId() < first.clientId()) {
                first = record;
            }
        }
        if (first == null || nowMs < first.dispensableMs()) {
            return false;
        }
        records.remove(first.clientId());
        last = null;
        return true;
    }

    /** A client has said that it sends no more. */
    void close(final long clientId, final long nowMs) {
        final ClientRecord record = find(clientId);
        if (record != null) {
            record.close(nowMs);
        }
    }

    /** A session is closed: whoever used it last may still come back with another one. */
    void sessionClosed(final long sessionId) {
        for (final ClientRecord record : records.values()) {
            if (record.sessionId() == sessionId && !record.isClosed()) {
                record.left();
            }
        }
    }

    int size() {
        return records.size();
    }

    void clear() {
        records.clear();
        last = null;
    }

    /** All records in the order of their ids: the same on every member. */
    List<ClientRecord> sorted() {
        final List<ClientRecord> all = new ArrayList<>(records.values());
        all.sort(Comparator.comparingLong(ClientRecord::clientId));
        return all;
    }
}
