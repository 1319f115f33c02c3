/**
 * The vocabulary of a plugin author: views of a traced network, typing rules for operators, and
 * definitions that make layers elastic.
 *
 * <p>A plugin is a JAR with one or more classes annotated {@code @AutoService} with each of the
 * roles they play (or listed in {@code META-INF/services} by hand): an {@link
 * io.espalier.spi.OperatorRule} says how the axes of an operator depend on one another, a {@link
 * io.espalier.spi.DynamicModule} names the widths of a kind of layer, an {@link
 * io.espalier.spi.ImportanceCriterion} scores the units of a width. On the class path it takes
 * effect; nothing else needs to know it.
 *
 * <p>A complete plugin, for a gated linear layer: {@code x [.., in]} and a weight {@code [2 * out,
 * in]} give {@code y [.., out]}, where y = a * sigmoid(b) and a and b are the products of x with
 * the upper and the lower half of the weight.
 *
 * <pre>{@code
 * package com.acme;
 *
 * import com.google.auto.service.AutoService;
 * import io.espalier.spi.Axis;
 * import io.espalier.spi.DynamicModule;
 * import io.espalier.spi.Hparams;
 * import io.espalier.spi.Layer;
 * import io.espalier.spi.Node;
 * import io.espalier.spi.OpId;
 * import io.espalier.spi.OperatorRule;
 * import io.espalier.spi.RuleOption;
 * import io.espalier.spi.Typing;
 * import io.espalier.spi.Value;
 * import java.util.ArrayList;
 * import java.util.List;
 * import java.util.Set;
 *
 * @AutoService({OperatorRule.class, DynamicModule.class})
 * public final class GatedLinear implements OperatorRule, DynamicModule {
 *   private static final RuleOption RATIO = RuleOption.ratio("features_ratio");
 *   private static final RuleOption DIVISOR = RuleOption.divisor("feature_divisor");
 *
 *   @Override
 *   public Set<OpId> operators() {
 *     return Set.of(OpId.of("com.acme", "GatedLinear"));
 *   }
 *
 *   @Override
 *   public void type(Node node, Typing t) {
 *     Value x = node.input(0);
 *     Value weight = node.input(1);
 *     if (x.rank() == 0 || weight.rank() != 2 || !weight.parameter()) {
 *       t.unsupported("its inputs must be data [.., in] and a stored weight [2 * out, in]");
 *       return;
 *     }
 *     Axis out = t.symbol(weight.axis(0).extent() / 2);
 *     t.unify(weight.axis(0), t.concat(List.of(out, out))); // a unit has a row in either half
 *     t.unify(weight.axis(1), x.axis(-1));
 *     List<Axis> y = new ArrayList<>(x.axes());
 *     y.set(y.size() - 1, out);
 *     t.output(0, y);
 *     List<Axis> macs = new ArrayList<>(x.axes());
 *     macs.add(weight.axis(0));
 *     t.macs(macs.toArray(Axis[]::new)); // rows x in, at every position of x
 *   }
 *
 *   @Override
 *   public String key() {
 *     return "acme.GatedLinear";
 *   }
 *
 *   @Override
 *   public List<RuleOption> options() {
 *     return List.of(RATIO, DIVISOR);
 *   }
 *
 *   @Override
 *   public boolean matches(Layer layer) {
 *     return layer.type().equals("com.acme:GatedLinear");
 *   }
 *
 *   @Override
 *   public void describe(Layer layer, Hparams h) {
 *     Node node = layer.nodes().get(0);
 *     h.width("in_features", node.input(1).axis(1), RATIO, DIVISOR);
 *     Value y = node.outputs().get(0);
 *     if (y.rank() > 0) { // else an operator without a rule stands before this one
 *       h.width("out_features", y.axis(-1), RATIO, DIVISOR);
 *     }
 *     h.consumes(node, 1, 1); // each column of the weight reads one unit of the input
 *   }
 * }
 * }</pre>
 *
 * <p>Extents are numbers of elements, as {@code long}s; axes are counted from 0, outermost first.
 * Classes that throw freeze the layer they throw on, and are named with their JAR. The manifest of
 * a JAR should state {@code Espalier-Spi-Version}, the {@link
 * io.espalier.spi.DMRegistry#SPI_VERSION} it was built with: another version of this package then
 * refuses it in one sentence.
 */
@NullMarked
package io.espalier.spi;

import org.jspecify.annotations.NullMarked;
