package io.espalier.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a traced network.
 *
 * @param id its position among the graph's tensors
 * @param name its name in the model
 * @param producer the index of the node that computes it; -1 for an input or a constant
 * @param constant its values, if it is a constant
 * @param declared the shape that the model declares for it, if any
 * @param parameter whether no path leads to it from an input of the network
 */
public record Tensor(
    int id,
    String name,
    int producer,
    @Nullable Constant constant,
    @Nullable List<Dim> declared,
    boolean parameter) {}
