package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Compares what members of this host hold with what the leader, wherever it runs, holds at the same
 * position of the log.
 */
final class ContentComparison {
    private static final int ATTEMPTS = 20;

    private final SortedMap<Integer, Supplier<ContentSum>> members;
    private final Supplier<ContentSum> question;

    /**
     * @param members what each member of this host has noted last, by its number.
     * @param question makes all members note a checksum; answers with the leader's.
     */
    ContentComparison(
            final SortedMap<Integer, Supplier<ContentSum>> members,
            final Supplier<ContentSum> question) {
        this.members = members;
        this.question = question;
    }

    /**
     * The members at one position.
     *
     * @param leader what the leader holds.
     * @param members what the members of this host hold, by number.
     */
    record Result(ContentSum leader, SortedMap<Integer, ContentSum> members) {
        boolean isSame(final int member) {
            return members.get(member).equals(leader);
        }

        boolean isSame() {
            return members.keySet().stream().allMatch(this::isSame);
        }

        /**
         * Members whose content is known: those of this host, and the leader.
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
            if (sums.values().stream().allMatch(sum -> sum.position() == leader.position())) {
                return new Result(leader, sums);
            }
        }
        throw CommandFailure.failed(
                "others ask for checksums all the time: run it when no other verify runs");
    }

    private static ContentSum await(
            final int member, final Supplier<ContentSum> noted, final ContentSum leader) {
        LocalMembers.await(
                "the checksum of member " + member,
                () -> noted.get().position() >= leader.position());
        return noted.get();
    }
}
