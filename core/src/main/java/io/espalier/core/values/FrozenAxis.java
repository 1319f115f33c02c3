package io.espalier.core.values;

/**
 * A width that may not change.
 *
 * @param layer the layer that has it
 * @param axis what the layer calls it, such as {@code out_channels}; {@code *} for all of a layer
 *     that a plugin threw on, or of a node that holds weights of which no width tells
 * @param node the node, input or output that stopped it; the layer where the rules did
 * @param op the operator there; empty for an input or output of the network, and for rules
 * @param reason what stopped it; behind a semicolon, what one could do about it
 */
public record FrozenAxis(String layer, String axis, String node, String op, String reason) {}
