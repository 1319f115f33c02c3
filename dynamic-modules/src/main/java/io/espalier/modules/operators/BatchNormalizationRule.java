package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.Set;

/**
 * Normalisation by stored statistics: x [N, C, ...]; scale, bias, mean and variance [C] lie on the
 * channels. Before operator set 9 an attribute may ask for statistics of every feature.
 */
@AutoService(OperatorRule.class)
public final class BatchNormalizationRule implements OperatorRule {
  private static final int MEAN = 3;
  private static final int VARIANCE = 4;

  @Override
  public Set<OpId> operators() {
    return Operators.standard("BatchNormalization");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    boolean training = node.attributes().number("training_mode", 0) != 0;
    for (int i = 1; i < node.outputs().size(); i++) {
      training |= Axes.hasOutput(node, i);
    }
    if (training) {
      t.unsupported("it is in training mode; export the model for inference");
      return;
    }
    boolean everyFeature = node.opset() < 9 && node.attributes().number("spatial", 1) == 0;
    for (int i = 1; i < node.inputs().size(); i++) {
      Value parameter = node.input(i);
      int rank = everyFeature ? x.rank() - 1 : 1;
      if (x.rank() < 2 || parameter.rank() != rank) {
        t.unsupported("its parameters do not have the shape of its channels");
        return;
      }
      for (int axis = 0; axis < rank; axis++) {
        t.unify(x.axis(axis + 1), parameter.axis(axis));
      }
    }
    t.statistic(MEAN);
    t.statistic(VARIANCE);
    t.unmaskable(VARIANCE);
    t.output(0, x.axes());
    t.affine(node.input(2).present() ? 2 : -1, 0);
  }
}
