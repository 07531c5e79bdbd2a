package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ContentSum;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Compares what members hold with what the leader, wherever it runs, holds at the same position of
 * the log: those of this host have to tell, those of others are left out when they do not in time.
 */
final class ContentComparison {
    private static final int ATTEMPTS = 20;

    private final SortedMap<Integer, Supplier<ContentSum>> members;
    private final SortedMap<Integer, Supplier<ContentSum>> others;
    private final long patienceNs;
    private final Supplier<ContentSum> question;

    /**
     * @param members what each member of this host has noted last, by its number.
     * @param others what is known here of each other member, by its number.
     * @param patienceNs how long the others may take to report, all together, ns.
     * @param question makes all members note a checksum; answers with the leader's.
     */
    ContentComparison(
            final SortedMap<Integer, Supplier<ContentSum>> members,
            final SortedMap<Integer, Supplier<ContentSum>> others,
            final long patienceNs,
            final Supplier<ContentSum> question) {
        this.members = members;
        this.others = others;
        this.patienceNs = patienceNs;
        this.question = question;
    }

    /**
     * The members at one position.
     *
     * @param leader what the leader holds.
     * @param members what the members hold that told, by number.
     */
    record Result(ContentSum leader, SortedMap<Integer, ContentSum> members) {
        boolean isSame(final int member) {
            return members.get(member).equals(leader);
        }

        boolean isSame() {
            return members.keySet().stream().allMatch(this::isSame);
        }

        /**
         * Members whose content is known: those that told, and the leader.
         *
         * @param leader number.
         */
        int compared(final int leader) {
            return members.size() + (members.containsKey(leader) ? 0 : 1);
        }

        /** Numbers of the others. */
        List<Integer> missing(final int leader, final int all) {
            final List<Integer> missing = new ArrayList<>();
            for (int member = 0; member < all; member++) {
                if (member != leader && !members.containsKey(member)) {
                    missing.add(member);
                }
            }
            return missing;
        }
    }

    /**
     * Asks until every member has noted its checksum at the position of the leader's answer; who
     * else asks at the same time may have overwritten it.
     */
    Result compare() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            final ContentSum leader = question.get();
            final SortedMap<Integer, ContentSum> sums = new TreeMap<>();
            members.forEach((member, noted) -> sums.put(member, await(member, noted, leader)));
            addOthers(sums, leader);
            if (sums.values().stream().allMatch(sum -> sum.position() == leader.position())) {
                return new Result(leader, sums);
            }
        }
        throw CommandFailure.failed(
                "others ask for checksums all the time: run it when no other verify runs");
    }

    private void addOthers(final SortedMap<Integer, ContentSum> sums, final ContentSum leader) {
        LocalMembers.isWithin(
                patienceNs,
                () -> others.values().stream().allMatch(reported -> hasTold(reported, leader)));
        others.forEach(
                (member, reported) -> {
                    final ContentSum sum = reported.get();
                    if (sum.position() >= leader.position()) {
                        sums.put(member, sum);
                    }
                });
    }

    private static boolean hasTold(final Supplier<ContentSum> noted, final ContentSum leader) {
        return noted.get().position() >= leader.position();
    }

    private static ContentSum await(
            final int member, final Supplier<ContentSum> noted, final ContentSum leader) {
        LocalMembers.await("the checksum of member " + member, () -> hasTold(noted, leader));
        return noted.get();
    }
}
