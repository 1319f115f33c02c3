package io.espalier.onnx.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.verify.Verification.Verdict;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No parameter of a carved network can change without a word. */
class SpoiltParametersTest {
  static Stream<OnnxModel> networks() {
    return Stream.of(
        SampleNetworks.thinResnet(),
        SampleNetworks.lstmTagger(),
        SampleNetworks.groupedQueryTransformer());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void isNeverApproved(OnnxModel network) throws InvalidProtocolBufferException {
    Carved carved = Carved.half(network);
    Verifier verifier = new Verifier(network, VerifyOptions.defaults().withRuns(1));
    assertEquals(Verdict.PROVED, verifier.verify(carved.small(), carved.manifest()).verdict());

    Map<String, OnnxModel> spoilt = Spoilt.each(carved.small());
    assertTrue(spoilt.size() > 5, "too few parameters");
    spoilt.forEach(
        (parameter, model) ->
            assertNotEquals(
                Verdict.PROVED,
                verifier.verify(model, carved.manifest()).verdict(),
                () -> parameter + " was spoilt, and the model approved of"));
  }
}
