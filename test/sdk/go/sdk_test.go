package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	oauth "github.com/alibabacloud-go/dingtalk/oauth2_1_0"
	robot "github.com/alibabacloud-go/dingtalk/robot_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

type fields = map[string]any

// sdk has the calls of the story, by the names that expectations.json gives them.
type sdk struct {
	endpoint string
	oauth    *oauth.Client
	robot    *robot.Client
}

func newSdk(endpoint string) (*sdk, error) {
	config := &openapi.Config{Protocol: tea.String("http"), Endpoint: tea.String(endpoint)}
	oauthClient, err := oauth.NewClient(config)
	if err != nil {
		return nil, err
	}
	robotClient, err := robot.NewClient(config)
	return &sdk{endpoint, oauthClient, robotClient}, err
}

// call answers the response body under its wire names, or a *tea.SDKError.
func (s *sdk) call(name string, token *string, with fields) (fields, error) {
	switch name {
	case "accessToken":
		return s.accessToken(with)
	case "corpAccessToken":
		return s.corpAccessToken(with)
	case "corpToken":
		return s.corpToken(with)
	case "batchSend":
		return s.batchSend(token, with)
	case "readStatus":
		return s.readStatus(token, with)
	case "batchRecall":
		return s.batchRecall(token, with)
	case "dingSend":
		return s.dingSend(token, with)
	case "dingRecall":
		return s.dingRecall(token, with)
	case "pluginsSet":
		return s.pluginsSet(token, with)
	case "pluginsQuery":
		return s.pluginsQuery(token, with)
	case "pluginsClear":
		return s.pluginsClear(token, with)
	case "statusManage":
		return s.statusManage(token, with)
	case "robotInfo":
		return s.robotInfo(token, with)
	case "unknownPath":
		return s.unknownPath(token)
	}
	return nil, fmt.Errorf("there is no call %s", name)
}

func (s *sdk) accessToken(with fields) (fields, error) {
	answer, err := s.oauth.GetAccessToken(&oauth.GetAccessTokenRequest{
		AppKey:    text(with, "appKey"),
		AppSecret: text(with, "appSecret"),
	})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) corpAccessToken(with fields) (fields, error) {
	answer, err := s.oauth.GetCorpAccessToken(&oauth.GetCorpAccessTokenRequest{
		SuiteKey:    text(with, "suiteKey"),
		SuiteSecret: text(with, "suiteSecret"),
		AuthCorpId:  text(with, "authCorpId"),
		SuiteTicket: text(with, "suiteTicket"),
	})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) corpToken(with fields) (fields, error) {
	answer, err := s.oauth.GetToken(text(with, "corpId"), &oauth.GetTokenRequest{
		ClientId:     text(with, "client_id"),
		ClientSecret: text(with, "client_secret"),
		GrantType:    text(with, "grant_type"),
	})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) batchSend(token *string, with fields) (fields, error) {
	answer, err := s.robot.BatchSendOTOWithOptions(&robot.BatchSendOTORequest{
		RobotCode: text(with, "robotCode"),
		UserIds:   texts(with, "userIds"),
		MsgKey:    text(with, "msgKey"),
		MsgParam:  text(with, "msgParam"),
	}, &robot.BatchSendOTOHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	// ToMap leaves empty lists out.
	body := tea.ToMap(answer.Body)
	body["invalidStaffIdList"] = tea.StringSliceValue(answer.Body.InvalidStaffIdList)
	body["flowControlledStaffIdList"] = tea.StringSliceValue(answer.Body.FlowControlledStaffIdList)
	return body, nil
}

func (s *sdk) readStatus(token *string, with fields) (fields, error) {
	answer, err := s.robot.BatchOTOQueryWithOptions(&robot.BatchOTOQueryRequest{
		RobotCode:       text(with, "robotCode"),
		ProcessQueryKey: text(with, "processQueryKey"),
	}, &robot.BatchOTOQueryHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) batchRecall(token *string, with fields) (fields, error) {
	answer, err := s.robot.BatchRecallOTOWithOptions(&robot.BatchRecallOTORequest{
		RobotCode:        text(with, "robotCode"),
		ProcessQueryKeys: texts(with, "processQueryKeys"),
	}, &robot.BatchRecallOTOHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) dingSend(token *string, with fields) (fields, error) {
	answer, err := s.robot.RobotSendDingWithOptions(&robot.RobotSendDingRequest{
		RobotCode:          text(with, "robotCode"),
		RemindType:         number(with, "remindType"),
		ReceiverUserIdList: texts(with, "receiverUserIdList"),
		Content:            text(with, "content"),
	}, &robot.RobotSendDingHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) dingRecall(token *string, with fields) (fields, error) {
	answer, err := s.robot.RobotRecallDingWithOptions(&robot.RobotRecallDingRequest{
		RobotCode:  text(with, "robotCode"),
		OpenDingId: text(with, "openDingId"),
	}, &robot.RobotRecallDingHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) pluginsSet(token *string, with fields) (fields, error) {
	var plugins []*robot.SetRobotPluginRequestPluginInfoList
	for _, value := range with["pluginInfoList"].([]any) {
		plugin := value.(map[string]any)
		plugins = append(plugins, &robot.SetRobotPluginRequestPluginInfoList{
			Icon:      text(plugin, "icon"),
			Name:      text(plugin, "name"),
			MobileUrl: text(plugin, "mobileUrl"),
			PcUrl:     text(plugin, "pcUrl"),
		})
	}
	answer, err := s.robot.SetRobotPluginWithOptions(&robot.SetRobotPluginRequest{
		RobotCode:      text(with, "robotCode"),
		PluginInfoList: plugins,
	}, &robot.SetRobotPluginHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) pluginsQuery(token *string, with fields) (fields, error) {
	answer, err := s.robot.QueryRobotPluginWithOptions(&robot.QueryRobotPluginRequest{
		RobotCode: text(with, "robotCode"),
	}, &robot.QueryRobotPluginHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) pluginsClear(token *string, with fields) (fields, error) {
	answer, err := s.robot.ClearRobotPluginWithOptions(&robot.ClearRobotPluginRequest{
		RobotCode: text(with, "robotCode"),
	}, &robot.ClearRobotPluginHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) statusManage(token *string, with fields) (fields, error) {
	answer, err := s.robot.ManageSingleChatRobotStatusWithOptions(&robot.ManageSingleChatRobotStatusRequest{
		RobotCode: text(with, "robotCode"),
		Status:    text(with, "status"),
	}, &robot.ManageSingleChatRobotStatusHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) robotInfo(token *string, with fields) (fields, error) {
	answer, err := s.robot.UpdateInstalledRobotWithOptions(&robot.UpdateInstalledRobotRequest{
		RobotCode:  text(with, "robotCode"),
		UpdateType: number(with, "updateType"),
		Name:       text(with, "name"),
		Brief:      text(with, "brief"),
	}, &robot.UpdateInstalledRobotHeaders{XAcsDingtalkAccessToken: token}, &util.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	return tea.ToMap(answer.Body), nil
}

func (s *sdk) unknownPath(token *string) (fields, error) {
	params := &openapi.Params{
		Action:      tea.String("Nowhere"),
		Version:     tea.String("robot_1.0"),
		Protocol:    tea.String("HTTP"),
		Pathname:    tea.String("/v1.0/robot/nowhere"),
		Method:      tea.String("GET"),
		AuthType:    tea.String("AK"),
		Style:       tea.String("ROA"),
		ReqBodyType: tea.String("none"),
		BodyType:    tea.String("json"),
	}
	request := &openapi.OpenApiRequest{Headers: map[string]*string{"x-acs-dingtalk-access-token": token}}
	return s.robot.Execute(params, request, &util.RuntimeOptions{})
}

var told = regexp.MustCompile(`(?s)^code: (\d+), (.*) request id: (\S+)$`)

// failure is what the SDK's error tells; its parts must not contradict one another.
func failure(err *tea.SDKError) (fields, error) {
	message := told.FindStringSubmatch(tea.StringValue(err.Message))
	if message == nil {
		return nil, fmt.Errorf("the message is %q", tea.StringValue(err.Message))
	}
	var data struct{ Requestid string }
	if failed := json.Unmarshal([]byte(tea.StringValue(err.Data)), &data); failed != nil {
		return nil, failed
	}
	status := tea.IntValue(err.StatusCode)
	if message[1] != strconv.Itoa(status) || message[3] != data.Requestid {
		return nil, fmt.Errorf("%q contradicts %d %s", message[0], status, data.Requestid)
	}
	return fields{
		"status":             status,
		"code":               tea.StringValue(err.Code),
		"message":            message[2],
		"requestId":          message[3],
		"accessDeniedDetail": err.AccessDeniedDetail,
	}, nil
}

func text(with fields, name string) *string {
	if value, given := with[name].(string); given {
		return &value
	}
	return nil
}

func number(with fields, name string) *int32 {
	if value, given := with[name].(float64); given {
		return tea.Int32(int32(value))
	}
	return nil
}

func texts(with fields, name string) (values []*string) {
	for _, value := range with[name].([]any) {
		values = append(values, tea.String(value.(string)))
	}
	return values
}
