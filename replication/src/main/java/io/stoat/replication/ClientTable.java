package io.stoat.replication;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The clients that the cluster remembers: bounded, and a function of the log alone. When it is
 * full, the client that has been silent for longest makes room, but only after {@link
 * #RETENTION_MS}: longer than any client repeats a message.
 */
final class ClientTable {
    /** Most clients that are remembered. */
    static final int MAX_CLIENTS = 256;

    /** Time for which a silent client is certainly remembered, ms of the log's clock. */
    static final long RETENTION_MS = TimeUnit.MINUTES.toMillis(5);

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
        if (records.size() >= MAX_CLIENTS && !forgetOldest(nowMs)) {
            return null;
        }
        final ClientRecord record = new ClientRecord(clientId);
        record.lastActiveMs(nowMs);
        records.put(clientId, record);
        last = record;
        return record;
    }

    private boolean forgetOldest(final long nowMs) {
        ClientRecord oldest = null;
        for (final ClientRecord record : records.values()) {
            if (oldest == null
                    || record.lastActiveMs() < oldest.lastActiveMs()
                    || record.lastActiveMs() == oldest.lastActiveMs()
                            && record.clientId() < oldest.clientId()) {
                oldest = record;
            }
        }
        if (oldest == null || nowMs - oldest.lastActiveMs() < RETENTION_MS) {
            return false;
        }
        records.remove(oldest.clientId());
        last = null;
        return true;
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
