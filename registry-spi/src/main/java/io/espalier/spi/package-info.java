/**
 * The vocabulary of a plugin author: views of a traced network, typing rules for operators, and
 * definitions that make layers elastic.
 *
 * <p>A plugin is a JAR with one or more classes annotated {@code @AutoService} with each of the
 * roles they play (or listed in {@code META-INF/services} by hand): an {@link
 * io.espalier.spi.OperatorRule} says how the axes of an operator depend on one another, a {@link
 * io.espalier.spi.DynamicModule} names the widths of a kind of layer, an {@link
 * io.espalier.spi.ImportanceCriterion} scores the units of a width.
 */
@NullMarked
package io.espalier.spi;

import org.jspecify.annotations.NullMarked;
