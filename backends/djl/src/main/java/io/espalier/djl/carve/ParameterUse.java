package io.espalier.djl.carve;

import ai.djl.nn.Parameter;
import io.espalier.trace.GraphNode;

/**
 * A place where a parameter enters an operator.
 *
 * @param parameter the parameter
 * @param node the operator
 * @param input by which input
 */
record ParameterUse(Parameter parameter, GraphNode node, int input) {}
