@NullMarked
package io.espalier.onnx.latency;

import org.jspecify.annotations.NullMarked;
