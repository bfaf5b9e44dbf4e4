import com.dingtalk.open.app.api.OpenDingTalkStreamClientBuilder;
import com.dingtalk.open.app.api.callback.OpenDingTalkCallbackListener;
import com.dingtalk.open.app.api.models.bot.ChatbotMessage;
import com.dingtalk.open.app.api.security.AuthClientCredential;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A bot with the official SDK, which has the vendor's host as a constant. Prints the text of each message. */
class Bot {
    private static class Printer implements OpenDingTalkCallbackListener<ChatbotMessage, Map<String, String>> {
        @Override
        public Map<String, String> execute(ChatbotMessage message) {
            System.out.writeBytes((message.getText().getContent() + "\n").getBytes(StandardCharsets.UTF_8));
            return Map.of();
        }
    }

    public static void main(String[] args) throws Exception {
        OpenDingTalkStreamClientBuilder.custom()
                .credential(new AuthClientCredential(args[0], args[1]))
                .registerCallbackListener("/v1.0/im/bot/messages/get", new Printer())
                .build()
                .start();
        Thread.currentThread().join();
    }
}
