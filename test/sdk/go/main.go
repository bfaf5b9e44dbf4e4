// Sends to two people and prints who has read; with a processQueryKey as its argument it only prints.

// [how-to]
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	oauth "github.com/alibabacloud-go/dingtalk/oauth2_1_0"
	robot "github.com/alibabacloud-go/dingtalk/robot_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

const robotCode = "dingzxcifuvdfbvegdf"

// Without these two the SDK calls https://api.dingtalk.com. Nothing else changes.
func config() *openapi.Config {
	return &openapi.Config{
		Protocol: tea.String("http"),
		Endpoint: tea.String(cmp.Or(os.Getenv("HUIZHI"), "127.0.0.1:8720")),
	}
}

func accessToken() (*string, error) {
	client, err := oauth.NewClient(config())
	if err != nil {
		return nil, err
	}
	answer, err := client.GetAccessToken(&oauth.GetAccessTokenRequest{
		AppKey:    tea.String("dingappinternal"),
		AppSecret: tea.String("s3cret-internal"),
	})
	if err != nil {
		return nil, err
	}
	return answer.Body.AccessToken, nil
}

func send(client *robot.Client, token *string) (*string, error) {
	answer, err := client.BatchSendOTOWithOptions(&robot.BatchSendOTORequest{
		RobotCode: tea.String(robotCode),
		UserIds:   tea.StringSlice([]string{"user001", "user002"}),
		MsgKey:    tea.String("sampleText"),
		MsgParam:  tea.String(`{"content": "hello"}`),
	}, &robot.BatchSendOTOHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return answer.Body.ProcessQueryKey, nil
}

func printReadStatus(out io.Writer, client *robot.Client, token, processQueryKey *string) error {
	answer, err := client.BatchOTOQueryWithOptions(&robot.BatchOTOQueryRequest{
		RobotCode:       tea.String(robotCode),
		ProcessQueryKey: processQueryKey,
	}, &robot.BatchOTOQueryHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	var refused *tea.SDKError
	if errors.As(err, &refused) {
		_, err = fmt.Fprintln(out, tea.StringValue(refused.Code))
		return err
	}
	if err != nil {
		return err
	}
	for _, person := range answer.Body.MessageReadInfoList {
		fmt.Fprintln(out, tea.StringValue(person.UserId), tea.StringValue(person.ReadStatus))
	}
	return nil
}

func run(out io.Writer, arguments ...string) error {
	token, err := accessToken()
	if err != nil {
		return err
	}
	client, err := robot.NewClient(config())
	if err != nil {
		return err
	}
	if len(arguments) > 0 {
		return printReadStatus(out, client, token, &arguments[0])
	}
	processQueryKey, err := send(client, token)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "processQueryKey", tea.StringValue(processQueryKey))
	return printReadStatus(out, client, token, processQueryKey)
}

func main() {
	if err := run(os.Stdout, os.Args[1:]...); err != nil {
		log.Fatal(err)
	}
}

// [/how-to]
