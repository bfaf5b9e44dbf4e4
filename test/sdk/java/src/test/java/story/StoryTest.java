package story;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the story for this SDK. */
class StoryTest {
    static Stream<Arguments> cases() {
        return Story.TABLE.getAsJsonArray("cases").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> Story.isFor(each, System.getenv("SDK")))
                .map(each -> Arguments.of(each.get("id").getAsString(), each));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void plays(String id, JsonObject theCase) throws Exception {
        var story = new Story(System.getenv("HUIZHI"));
        if (theCase.has("mustFail")) {
            assertThrows(AssertionError.class, () -> story.play(theCase));
        } else {
            story.play(theCase);
        }
    }
}
