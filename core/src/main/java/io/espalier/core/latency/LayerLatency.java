package io.espalier.core.latency;

/**
 * What one layer takes of a run, in nanoseconds: a node that multiplies, with those after it that a
 * runtime may fuse with it. Parts of one network add up to what the whole network takes.
 *
 * @param node its first node
 * @param original what it takes in the original
 * @param predicted what it was to take in the network that was found; 0 where it is gone
 * @param measured what it takes there
 */
public record LayerLatency(String node, double original, double predicted, double measured) {}
