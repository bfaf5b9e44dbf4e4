package sample;

// [how-to]
import com.aliyun.dingtalkoauth2_1_0.models.GetAccessTokenRequest;
import com.aliyun.dingtalkrobot_1_0.Client;
import com.aliyun.dingtalkrobot_1_0.models.BatchOTOQueryHeaders;
import com.aliyun.dingtalkrobot_1_0.models.BatchOTOQueryRequest;
import com.aliyun.dingtalkrobot_1_0.models.BatchSendOTOHeaders;
import com.aliyun.dingtalkrobot_1_0.models.BatchSendOTORequest;
import com.aliyun.tea.TeaException;
import com.aliyun.teaopenapi.models.Config;
import com.aliyun.teautil.models.RuntimeOptions;
import java.util.List;
import java.util.Objects;

/** Sends to two people and prints who has read; with a processQueryKey as its argument it only prints. */
public class ReadStatus {
    private static final String ROBOT_CODE = "dingzxcifuvdfbvegdf";

    /** Without protocol and endpoint the SDK calls https://api.dingtalk.com. Nothing else changes. */
    static Config config() {
        return new Config()
                .setProtocol("http")
                .setEndpoint(Objects.requireNonNullElse(System.getenv("HUIZHI"), "127.0.0.1:8720"));
    }

    static String accessToken() throws Exception {
        var request = new GetAccessTokenRequest().setAppKey("dingappinternal").setAppSecret("s3cret-internal");
        return new com.aliyun.dingtalkoauth2_1_0.Client(config()).getAccessToken(request).getBody().getAccessToken();
    }

    static String send(String token) throws Exception {
        var headers = new BatchSendOTOHeaders().setXAcsDingtalkAccessToken(token);
        var request = new BatchSendOTORequest()
                .setRobotCode(ROBOT_CODE)
                .setUserIds(List.of("user001", "user002"))
                .setMsgKey("sampleText")
                .setMsgParam("{\"content\": \"hello\"}");
        return new Client(config())
                .batchSendOTOWithOptions(request, headers, new RuntimeOptions())
                .getBody()
                .getProcessQueryKey();
    }

    static void printReadStatus(String token, String processQueryKey) throws Exception {
        var headers = new BatchOTOQueryHeaders().setXAcsDingtalkAccessToken(token);
        var request = new BatchOTOQueryRequest().setRobotCode(ROBOT_CODE).setProcessQueryKey(processQueryKey);
        try {
            var answer = new Client(config()).batchOTOQueryWithOptions(request, headers, new RuntimeOptions());
            for (var person : answer.getBody().getMessageReadInfoList()) {
                System.out.println(person.getUserId() + " " + person.getReadStatus());
            }
        } catch (TeaException error) {
            System.out.println(error.getCode());
        }
    }

    public static void main(String... arguments) throws Exception {
        var token = accessToken();
        var processQueryKey = arguments.length > 0 ? arguments[0] : send(token);
        if (arguments.length == 0) {
            System.out.println("processQueryKey " + processQueryKey);
        }
        printReadStatus(token, processQueryKey);
    }
}
// [/how-to]
