package io.espalier.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.data.Batch;
import io.espalier.core.data.ClassAgreement;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.OutputComparison;
import io.espalier.core.data.OutputDistance;
import io.espalier.core.data.TokenMask;
import io.espalier.spi.EspalierException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How far the outputs of two models are apart, whatever they mean.
 *
 * @param outputs what is known so far
 */
record OutputFindings(OutputComparison outputs) implements Findings {
  @Override
  public void add(Batch batch, Map<String, DataArray> original, Map<String, DataArray> small) {
    TokenMask mask = TokenMask.of(batch);
    outputs.add(batch.samples(), blanked(mask, original), blanked(mask, small));
  }

  private static Map<String, DataArray> blanked(TokenMask mask, Map<String, DataArray> outputs) {
    Map<String, DataArray> blanked = new LinkedHashMap<>();
    outputs.forEach((name, array) -> blanked.put(name, mask.blanked(array)));
    return blanked;
  }

  @Override
  public void write(ObjectNode root) {
    root.put("samples", outputs.samples());
    root.put("error", error());
    outputs.cosine().ifPresent(cosine -> root.put("cosine", cosine));
    outputs.classes().ifPresent(classes -> write(root, classes));
  }

  private static void write(ObjectNode root, ClassAgreement classes) {
    root.put("top1_agreement", classes.top1Agreement());
    classes.kl().ifPresent(kl -> root.put("kl", kl));
    if (classes.originalAccuracy().isPresent()) {
      root.putObject("accuracy")
          .put("original", classes.originalAccuracy().getAsDouble())
          .put("small", classes.otherAccuracy().orElseThrow());
    }
  }

  @Override
  public void write(Table found, Table each) {
    found.row("relative error", Numbers.error(error()));
    outputs.cosine().ifPresent(cosine -> found.row("cosine", part(cosine)));
    outputs.classes().ifPresent(classes -> write(found, each, classes));
  }

  private static void write(Table found, Table each, ClassAgreement classes) {
    found.row("same class", part(classes.top1Agreement()));
    classes.kl().ifPresent(kl -> found.row("KL divergence, nats", Numbers.error(kl)));
    if (classes.originalAccuracy().isPresent()) {
      each.row(
          "accuracy",
          Findings.part(classes.originalAccuracy()),
          Findings.part(classes.otherAccuracy()),
          "");
    }
  }

  private double error() {
    for (OutputDistance output : outputs.outputs()) {
      if (!Double.isFinite(output.error())) {
        throw new EspalierException(
            "output '"
                + output.name()
                + "' of the original is 0 for all of these data, so that no error can be measured"
                + " against it; give other data");
      }
    }
    return outputs.error();
  }

  private static String part(double part) {
    return Findings.part(OptionalDouble.of(part));
  }
}
