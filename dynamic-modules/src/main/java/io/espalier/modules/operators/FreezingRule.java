package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Operators whose nature it is to freeze what they touch, each with the reason. A plugin that can
 * say more of one of them takes its place.
 */
@AutoService(OperatorRule.class)
public final class FreezingRule implements OperatorRule {
  private static final Map<OpId, String> REASONS = new TreeMap<>();

  static {
    freeze(
        "it belongs to a sequence; widths are followed through tensors only",
        "ConcatFromSequence",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SequenceMap",
        "SplitToSequence");
    freeze(
        "it is optional; widths are followed through tensors only",
        "Optional",
        "OptionalGetElement",
        "OptionalHasElement");
    freeze("how much it keeps depends on the data", "Compress", "NonZero", "Unique");
    freeze("how many boxes it keeps depends on the data", "NonMaxSuppression");
    freeze(
        "it works on text",
        "RegexFullMatch",
        "StringConcat",
        "StringNormalizer",
        "StringSplit",
        "TfIdfVectorizer");
    freeze("it decodes an image, whose size depends on the data", "ImageDecoder");
    freeze("a Fourier transform mixes the elements along an axis", "DFT", "STFT");
    freeze("its indices count the elements of the tensor that was pooled", "MaxUnpool");
    freeze("it draws from as many classes as there are", "Multinomial");
    freeze("it changes the type of elements bit by bit, and with it how many there are", "BitCast");
    freeze(
        "attention in one node is not taken apart; export it as matrix products to search its heads"
            + " and widths",
        "Attention");
    freeze("its rotation pairs the elements of each head", "RotaryEmbedding");
    freeze("it writes into a cache whose size is the model's interface", "TensorScatter");
    freeze(
        "it is a loss; export the model for inference",
        "NegativeLogLikelihoodLoss",
        "SoftmaxCrossEntropyLoss");
    freeze("its value is not a tensor of numbers that can be followed", "Constant");
    freeze("the shape of its input is not known", "Shape", "Size");
    freeze(
        "it is an experiment that ONNX dropped, whose meaning is not settled",
        "ATen",
        "ConstantFill",
        "DynamicSlice",
        "GRUUnit",
        "GivenTensorFill",
        "Scale");
  }

  private static void freeze(String reason, String... operators) {
    Operators.standard(operators).forEach(operator -> REASONS.put(operator, reason));
  }

  private static final Set<OpId> PRODUCTS = Operators.standard("ATen", "Attention", "GRUUnit");

  @Override
  public Set<OpId> operators() {
    return new LinkedHashSet<>(REASONS.keySet());
  }

  @Override
  public boolean givesWay() {
    return true;
  }

  @Override
  public boolean multiplies(OpId operator) {
    return PRODUCTS.contains(operator);
  }

  @Override
  public void type(Node node, Typing t) {
    t.unsupported(REASONS.getOrDefault(node.op(), "it freezes what it touches"));
  }
}
